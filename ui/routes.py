"""The screens: where each is, what it is called, who it is for, and how one leads to another."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

import streamlit as st

from core.accounts.types import Role
from core.i18n import N_, _
from core.interviews.types import SessionStatus

ROOT = Path(__file__).resolve().parent.parent


class Screen(StrEnum):
    """The value is both the page's file and its path."""

    HOME = "home"
    SETUP = "setup"
    PAYMENT = "payment"
    INTERVIEW = "interview"
    REPORT = "report"
    HISTORY = "history"
    ACCOUNT = "account"
    COHORTS = "cohorts"
    COHORT = "cohort"
    LEARNER = "learner"
    REVIEW = "review"
    OPERATIONS = "operations"

    @property
    def file(self) -> Path:
        return ROOT / "pages" / f"{self.value}.py"


@dataclass(frozen=True)
class Entry:
    screen: Screen
    title: str
    icon: str
    in_menu: bool
    role: Role = Role.CANDIDATE


ENTRIES = (
    Entry(Screen.HOME, N_("Home"), ":material/home:", in_menu=True),
    Entry(Screen.SETUP, N_("New interview"), ":material/add_circle:", in_menu=True),
    Entry(Screen.PAYMENT, N_("Payment"), ":material/payments:", in_menu=False),
    Entry(Screen.INTERVIEW, N_("Interview"), ":material/mic:", in_menu=False),
    Entry(Screen.REPORT, N_("Report"), ":material/analytics:", in_menu=False),
    Entry(Screen.HISTORY, N_("History"), ":material/history:", in_menu=True),
    Entry(Screen.ACCOUNT, N_("Account"), ":material/account_circle:", in_menu=True),
    Entry(Screen.COHORTS, N_("Cohorts"), ":material/groups:", in_menu=True, role=Role.COACH),
    Entry(Screen.COHORT, N_("Cohort"), ":material/groups:", in_menu=False, role=Role.COACH),
    Entry(Screen.LEARNER, N_("Learner"), ":material/person:", in_menu=False, role=Role.COACH),
    Entry(Screen.REVIEW, N_("Review"), ":material/rate_review:", in_menu=True, role=Role.COACH),
    Entry(Screen.OPERATIONS, N_("Operations"), ":material/monitor_heart:", in_menu=True, role=Role.ADMIN),
)

NEXT_SCREEN = {
    SessionStatus.AWAITING_PAYMENT: Screen.PAYMENT,
    SessionStatus.READY: Screen.INTERVIEW,
    SessionStatus.IN_PROGRESS: Screen.INTERVIEW,
}
"""Where an interview in this state goes on; in every other state its report says what there is."""

_RANK = list(Role)


def allows(role: Role, needed: Role) -> bool:
    """A coach may practise like a candidate, an admin may do both."""
    return _RANK.index(role) >= _RANK.index(needed)


def register(role: Role | None) -> list[st.Page]:
    """Every screen, so that a deep link survives the login; those that are not this person's stay out of the menu."""
    return [
        st.Page(
            entry.screen.file,
            title=_(entry.title),
            icon=entry.icon,
            url_path=None if entry.screen is Screen.HOME else entry.screen.value,
            default=entry.screen is Screen.HOME,
            visibility="visible" if entry.in_menu and role and allows(role, entry.role) else "hidden",
        )
        for entry in ENTRIES
    ]


def go(screen: Screen, **ids: str) -> NoReturn:
    """Leave for another screen; what it is about stands in the address."""
    st.switch_page(screen.file, query_params=ids)


def link(screen: Screen, label: str, *, icon: str | None = None, **ids: str) -> None:
    st.page_link(screen.file, label=label, icon=icon, query_params=ids)


def go_on(session_id: str, status: SessionStatus) -> NoReturn:
    """Leave for the screen where an interview in this state goes on."""
    go(NEXT_SCREEN.get(status, Screen.REPORT), session=session_id)
