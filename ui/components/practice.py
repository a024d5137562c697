"""What is due: questions whose answers lacked something, to be answered again in their report."""

from itertools import groupby

import streamlit as st

from core.i18n import _, ngettext
from core.reports.practice import DueItem, due
from ui import routes, words
from ui.components.note import note
from ui.guard import PageContext
from ui.routes import Screen

SHOWN = 3


def due_practice(ctx: PageContext) -> None:
    """The reports with questions that are due, the longest overdue first. Draws nothing where nothing is due."""
    waiting = ctx.look(due)
    if not waiting:
        return
    st.subheader(_("Due for practice"), anchor=False)
    by_report = [[*items] for _id, items in groupby(sorted(waiting, key=_place), lambda item: item.session_id)]
    for items in sorted(by_report, key=lambda items: min(item.due_at for item in items))[:SHOWN]:
        _report(items)


def _report(items: list[DueItem]) -> None:
    areas = dict.fromkeys(words.area(item.competency) for item in items)
    with st.container(border=True, key=f"due-{items[0].session_id}", gap="xsmall"):
        count = ngettext("{count} question to answer again", "{count} questions to answer again", len(items))
        st.markdown(f"**{count.format(count=len(items))}** · {', '.join(areas)}")
        scores = ", ".join(words.score(item.last_score) for item in items)
        note(_("Scores so far: {scores}. A few minutes each; your report stays what it was.").format(scores=scores))
        routes.link(Screen.REPORT, _("Practise now"), icon=":material/fitness_center:", session=items[0].session_id)


def _place(item: DueItem) -> tuple[str, int]:
    return item.session_id, item.question_order
