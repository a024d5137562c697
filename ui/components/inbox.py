"""What somebody was told: receipts, reports, refunds, each with the step that follows."""

import streamlit as st

from core.i18n import _
from core.notifications import service
from core.notifications.types import Notice
from core.notifications.wording import words_of
from ui import routes, state, text
from ui.components import browse
from ui.components.note import note
from ui.guard import PageContext
from ui.routes import Screen
from ui.text import plain

SHOWN = 5
_ICONS = {
    "receipt": ":material/receipt_long:",
    "report_ready": ":material/analytics:",
    "refund": ":material/undo:",
    "redo": ":material/replay:",
    "failed": ":material/error:",
    "override": ":material/rate_review:",
    "comment": ":material/comment:",
    "assignment": ":material/assignment:",
    "rescored": ":material/autorenew:",
    "reviewed": ":material/rate_review:",
    "invitation": ":material/mail:",
}
_SCREENS = {
    "report_ready": Screen.REPORT,
    "redo": Screen.INTERVIEW,
    "override": Screen.REPORT,
    "comment": Screen.REPORT,
    "rescored": Screen.REPORT,
    "reviewed": Screen.REPORT,
}


def news(ctx: PageContext) -> None:
    """What is new, folded away once it has been read."""
    fresh = ctx.read(service.unread)
    label = _("{count} new").format(count=fresh) if fresh else _("Nothing new")
    with st.expander(_("News · {label}").format(label=label), icon=":material/notifications:", expanded=bool(fresh)):
        visited = state.cursors("news")
        listed = ctx.read(service.inbox, limit=SHOWN, cursor=visited[-1] if visited else None)
        if not listed.items:
            st.markdown(_("Receipts, finished reports and refunds are announced here."))
            return
        for notice in listed.items:
            _line(notice)
        browse.turn_pages(visited, listed.next_cursor, key="news")
        if fresh and st.button(_("Mark all as read"), icon=":material/done_all:"):
            ctx.read(service.mark_read)
            st.rerun()


def _line(notice: Notice) -> None:
    words = words_of(notice.kind, notice.facts)
    with st.container(key=f"notice-{notice.notification_id}", gap="xsmall"):
        new = f" :blue-badge[{_('new')}]" if notice.read_at is None else ""
        st.markdown(f"{_ICONS[notice.kind]} **{plain(words.title)}**{new}")
        note(text.day_and_time(notice.created_at))
        screen = _SCREENS.get(notice.kind)
        if screen and notice.session_id:
            routes.link(screen, words.action, session=notice.session_id)
        elif screen is None:
            routes.link(Screen.ACCOUNT, _("Your payments"))
