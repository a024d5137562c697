"""Turning over the pages of the history."""

from dataclasses import dataclass

import streamlit as st

from core.i18n import _
from core.interviews.catalogue import InterviewType
from core.interviews.types import SessionStatus
from ui import routes, state, words
from ui.routes import Screen
from ui.state import Key


@dataclass(frozen=True)
class Filters:
    kind: InterviewType | None
    status: SessionStatus | None

    @property
    def any(self) -> bool:
        return self.kind is not None or self.status is not None

    def visited(self) -> list[str]:
        """The pages turned over under these filters; other filters begin with the newest again."""
        return state.cursors(f"{self.kind}.{self.status}")


def filters() -> Filters:
    """Which interviews to list."""
    with st.grid(2, min_column_width=220):
        kind = st.selectbox(
            _("Type"),
            list(InterviewType),
            index=None,
            format_func=words.TYPES.__getitem__,
            placeholder=_("All types"),
            key=Key.HISTORY_TYPE,
            bind="query-params",
        )
        status = st.selectbox(
            _("Status"),
            list(SessionStatus),
            index=None,
            format_func=lambda value: _(words.STATUSES[value].label),
            placeholder=_("Any status"),
            key=Key.HISTORY_STATUS,
            bind="query-params",
        )
    return Filters(kind, status)


def turn_pages(visited: list[str], next_cursor: str | None) -> None:
    """Newer and older, where there are any. `visited` are the cursors that led here."""
    if not visited and not next_cursor:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", key="turn-pages"):
        if st.button(_("Newer"), icon=":material/chevron_left:", disabled=not visited):
            visited.pop()
            st.rerun()
        if st.button(_("Older"), icon=":material/chevron_right:", disabled=not next_cursor) and next_cursor:
            visited.append(next_cursor)
            st.rerun()


def nothing_found(*, filtered: bool) -> None:
    with st.container(border=True, horizontal_alignment="center", key="nothing"):
        st.markdown("### :material/search_off:" if filtered else "### :material/history:", width="content")
        if filtered:
            st.markdown(_("No interview of yours matches these filters."), width="content")
            return
        st.markdown(_("Your interviews will be listed here, with their scores over time."), width="content")
        if st.button(_("Set up your first interview"), type="primary"):
            routes.go(Screen.SETUP)
