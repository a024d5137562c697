"""Choosing from the history, turning over its pages, taking it along."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import streamlit as st

from core.csv_rows import as_csv
from core.i18n import _
from core.interviews.catalogue import Difficulty, InterviewType
from core.interviews.history_export import history_records, history_rows
from core.interviews.types import SessionStatus
from core.paging import Page
from ui import routes, state, words
from ui.components import choices
from ui.guard import PageContext
from ui.routes import Screen
from ui.state import Key

T = TypeVar("T")
PERIODS = (30, 90, 365)


@dataclass(frozen=True)
class Filters:
    kind: InterviewType | None
    status: SessionStatus | None
    difficulty: Difficulty | None
    days: int | None
    """Only interviews that were set up within so many days."""

    @property
    def any(self) -> bool:
        return any(chosen is not None for chosen in (self.kind, self.status, self.difficulty, self.days))

    def since(self, now: datetime) -> datetime | None:
        return None if self.days is None else now - timedelta(days=self.days)

    def visited(self) -> list[str]:
        """The pages turned over under these filters; other filters begin with the newest again."""
        return state.cursors(f"{self.kind}.{self.status}.{self.difficulty}.{self.days}")


def filters() -> Filters:
    """Which interviews to list."""
    with st.grid(2, min_column_width=220):
        kind = choices.menu(
            _("Type"),
            list(InterviewType),
            named=words.TYPES.__getitem__,
            placeholder=_("All types"),
            key=Key.HISTORY_TYPE,
        )
        status = choices.menu(
            _("Status"),
            list(SessionStatus),
            named=lambda value: _(words.STATUSES[value].label),
            placeholder=_("Any status"),
            key=Key.HISTORY_STATUS,
        )
        difficulty = choices.menu(
            _("Difficulty"),
            list(Difficulty),
            named=words.DIFFICULTIES.__getitem__,
            placeholder=_("Any difficulty"),
            key=Key.HISTORY_DIFFICULTY,
        )
        days = st.selectbox(
            _("Period"),
            list(PERIODS),
            index=None,
            format_func=lambda count: _("Last {days} days").format(days=count),
            placeholder=_("All time"),
            key=Key.HISTORY_PERIOD,
            bind="query-params",
        )
    return Filters(kind, status, difficulty, days)


def take_along(ctx: PageContext) -> None:
    """The whole list as a spreadsheet or as data; it is read when it is asked for."""
    with st.container(horizontal=True, key="history-data"):
        st.download_button(
            _("Download CSV"),
            lambda: "".join(as_csv(ctx.read(lambda uow, actor: list(history_rows(uow, actor))))),
            file_name="greenroom-interviews.csv",
            mime="text/csv",
            icon=":material/table:",
            on_click="ignore",
        )
        st.download_button(
            _("Download data (JSON)"),
            lambda: json.dumps(ctx.read(history_records), ensure_ascii=False, indent=2),
            file_name="greenroom-interviews.json",
            mime="application/json",
            icon=":material/data_object:",
            on_click="ignore",
        )


def turned(visited: list[str], read: Callable[[str | None], Page[T]]) -> Page[T]:
    """The page that was turned to, or the nearest before it with anything left. `read` takes a cursor."""
    shown = read(visited[-1] if visited else None)
    while visited and not shown.items:
        visited.pop()
        shown = read(visited[-1] if visited else None)
    return shown


def turn_pages(visited: list[str], next_cursor: str | None, *, key: str, by_age: bool = True) -> None:
    """Newer and older, where there are any; back and more where the list is not by age.

    `visited` are the cursors that led here; `key` names the list.
    """
    if not visited and not next_cursor:
        return
    back, on = (_("Newer"), _("Older")) if by_age else (_("Back"), _("More"))
    with st.container(horizontal=True, horizontal_alignment="distribute", key=f"turn-{key}"):
        if st.button(back, key=f"newer-{key}", icon=":material/chevron_left:", disabled=not visited):
            visited.pop()
            st.rerun()
        further = st.button(on, key=f"older-{key}", icon=":material/chevron_right:", disabled=not next_cursor)
        if further and next_cursor:
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
