"""The one place where a session changes state. Callers hold the row's lock."""

from core.db import Uow
from core.interviews.errors import InvalidState
from core.interviews.models import InterviewSession
from core.interviews.rules import may_follow
from core.interviews.types import SessionStatus
from core.metrics import INTERVIEW_STEPS, REPORT_SECONDS


def move(uow: Uow, session: InterviewSession, to: SessionStatus) -> None:
    """Raises: InvalidState when the step is not one that may be taken; nothing is changed."""
    if not may_follow(session.status, to):
        raise InvalidState(session.id, session.status, to.value.replace("_", " "))
    before, session.status = session.status, to
    session.updated_at = uow.now
    uow.tell(session.user_id)
    uow.after_commit(INTERVIEW_STEPS.labels(before, to).inc)
    if to is SessionStatus.COMPLETED and session.ended_at is not None:
        took = max(0.0, (uow.now - session.ended_at).total_seconds())
        uow.after_commit(lambda: REPORT_SECONDS.observe(took))


def begin_attempt(uow: Uow, session: InterviewSession) -> None:
    """`ready` → `in_progress`, with the clock running."""
    move(uow, session, SessionStatus.IN_PROGRESS)
    session.starting_until = None
    session.started_at = uow.now
    session.ended_at = None
    session.ended_reason = None


def end_attempt(uow: Uow, session: InterviewSession, *, reason: str | None) -> None:
    """`in_progress` → `processing`; ended already is no error, so that late and repeated news changes nothing."""
    if session.status is SessionStatus.PROCESSING:
        session.ended_reason = session.ended_reason or reason
        return
    move(uow, session, SessionStatus.PROCESSING)
    session.ended_at = uow.now
    session.ended_reason = reason


def give_back(uow: Uow, session: InterviewSession, *, reason: str | None) -> None:
    """The free redo: a new attempt with a call of its own and what is left of the time; nothing is paid again."""
    move(uow, session, SessionStatus.READY)
    session.attempt += 1
    session.vapi_call_id = None
    session.starting_until = None
    session.ended_reason = reason
    if session.started_at is not None:
        spent = int(((session.ended_at or uow.now) - session.started_at).total_seconds())
        session.used_seconds += max(0, spent)
    session.started_at = None
    session.ended_at = None
