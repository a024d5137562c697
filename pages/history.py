"""Every interview, with the trend of their scores."""

import streamlit as st

from core.analytics.competencies import competency_trends
from core.analytics.progress import progress_of
from core.analytics.service import trend
from core.i18n import _
from core.interviews.erasure import delete
from core.interviews.service import history as history_page
from ui import state
from ui.components import browse
from ui.components.cards import interview_card
from ui.components.progress import competencies_over_time, progress_by_kind
from ui.components.standing import trend_chart
from ui.guard import PageContext, foreseen, page

PAGE_SIZE = 10


@page()
def history(ctx: PageContext) -> None:
    st.title(_("Your interviews"), anchor=False)
    chosen = browse.filters()
    since = chosen.since(ctx.greenroom.clock())
    points = ctx.look(trend, type=chosen.kind, difficulty=chosen.difficulty, since=since)
    if points:
        trend_chart(points, key="history-trend")
        progress_by_kind(progress_of(points))
        competencies_over_time(ctx.look(competency_trends, type=chosen.kind, difficulty=chosen.difficulty, since=since))
    visited = chosen.visited()
    listed = browse.turned(
        visited,
        lambda cursor: ctx.look(
            history_page,
            limit=PAGE_SIZE,
            cursor=cursor,
            type=chosen.kind,
            statuses=[chosen.status] if chosen.status else [],
            difficulty=chosen.difficulty,
            since=since,
        ),
    )
    if not listed.items:
        browse.nothing_found(filtered=chosen.any)
        return
    for item in listed.items:
        if interview_card(item, delete=True):
            with foreseen("history"):
                ctx.run(delete, item.session_id)
                state.stop_asking()
                st.rerun()
    browse.turn_pages(visited, listed.next_cursor, key="history")
    browse.take_along(ctx)


history()
