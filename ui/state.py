"""Every key of the session's state, declared once. It holds what widgets need; facts are in the database."""

from enum import StrEnum
from typing import Any

import streamlit as st


class Key(StrEnum):
    """Keys of widgets. Those that are bound to the address are also names of query parameters."""

    TYPE = "type"
    DIFFICULTY = "difficulty"
    MODE = "mode"
    MINUTES = "minutes"
    LANGUAGE = "language"
    PATIENCE = "patience"
    EXTRA_TIME = "extra_time"
    ROLE = "setup.role"
    RESUME_TEXT = "setup.resume_text"
    RESUME_FILE = "setup.resume_file"
    JOB_TEXT = "setup.job_text"
    JOB_FILE = "setup.job_file"
    DRAFT = "setup.draft"
    PURPOSE = "purpose"
    CONSENT = "interview.consent"
    HINTED = "study.hinted"
    AGAIN = "study.again"
    ASKING = "asking"
    DONE = "done"
    MADE = "made"
    CURSORS = "history.cursors"
    HISTORY_TYPE = "kind"
    HISTORY_STATUS = "status"
    HISTORY_DIFFICULTY = "level"
    HISTORY_PERIOD = "days"
    LISTENING = "report.listening"
    COHORT_NAME = "cohort.name"
    COHORT_TYPE = "of_type"
    COHORT_DIFFICULTY = "of_difficulty"
    COHORT_FIRST = "from"
    COHORT_LAST = "to"
    COHORT_VIEW = "view"
    COHORT_HEAT_PAGE = "cohort.heat_page"
    ASSIGN_TYPE = "assign.type"
    ASSIGN_DIFFICULTY = "assign.difficulty"
    ASSIGN_FOCUS = "assign.focus"
    ASSIGN_ATTEMPTS = "assign.attempts"
    ASSIGN_DAYS = "assign.days"
    OPERATIONS_VIEW = "part"
    COHORT_ORDER = "cohort.order"


def focus_key(kind: str) -> str:
    """Each type has focus areas of its own, so each has its own selection."""
    return f"focus_{kind}"


def answer_key(session_id: str, turn: int) -> str:
    """The draft of one answer: a new question gets an empty box, a refused answer keeps its words."""
    return f"answer.{session_id}.{turn}"


def show_hint(answer: str) -> None:
    """From now on the hint stands above this answer's box."""
    st.session_state[Key.HINTED] = answer


def is_hinted(answer: str) -> bool:
    return st.session_state.get(Key.HINTED) == answer


def answer_again(answer: str) -> None:
    """Open the box in which a given answer is written anew; the answer stands until another is sent."""
    st.session_state[Key.AGAIN] = answer


def is_answering_again(answer: str) -> bool:
    return st.session_state.get(Key.AGAIN) == answer


def answer_no_more() -> None:
    st.session_state.pop(Key.AGAIN, None)


def done(form: str) -> dict[str, Any]:
    """What one form did last, by digest of what was sent, with what came of it; filled in place, see `ui.once`."""
    held: dict[str, dict[str, Any]] = _held(Key.DONE, {})
    return held.setdefault(form, {})


def made(form: str) -> list[str]:
    """Ids of what one form has made in this session, oldest first; filled in place, as `done` is."""
    held: dict[str, list[str]] = _held(Key.MADE, {})
    return held.setdefault(form, [])


def draft() -> dict[str, Any]:
    """What is kept of the open set-up, by field; filled in place."""
    held: dict[str, Any] = _held(Key.DRAFT, {})
    return held


def cursors(listed: str) -> list[str]:
    """The pages that were turned over in one listing, oldest visit first."""
    held: dict[str, list[str]] = _held(Key.CURSORS, {})
    return held.setdefault(listed, [])


def ask(question: str) -> None:
    """Open a confirmation; only one is open at a time."""
    st.session_state[Key.ASKING] = question


def stop_asking() -> None:
    st.session_state.pop(Key.ASKING, None)


def is_asking(question: str) -> bool:
    return st.session_state.get(Key.ASKING) == question


def _held(key: Key, empty: Any) -> Any:
    if key not in st.session_state:
        st.session_state[key] = empty
    return st.session_state[key]
