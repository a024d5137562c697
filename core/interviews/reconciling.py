"""Interviews that stand still: what became of the call, and what is done when a promise cannot be kept."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.db import Uow
from core.i18n import N_
from core.interviews import calls, repo, service
from core.interviews.models import InterviewSession
from core.interviews.outcomes import fail
from core.interviews.types import EndedBy, SessionStatus
from core.ports.voice import CallEnded

if TYPE_CHECKING:
    from core.wiring import Greenroom

AT_ONCE = 100
"""Of each kind in a round: a call is asked about one after the other, and a report asked for is a job each time."""
OVERDUE_AT_ONCE = 1000
"""Each is paid back by this round, without asking a provider, and stands still no more."""
FORGOTTEN_AFTER = timedelta(days=1)
GRACE_SECONDS = 90
"""A call may start that much late or run that much over, for greeting and closing words."""


def standing_still(greenroom: "Greenroom", since: datetime) -> list[str]:
    """Ids of interviews unchanged since before a moment that something can be done about, broken promises first.

    Each kind has its own places, and in each what was looked at goes to the end or leaves: none waits for ever behind
    others. A typed interview is left alone for a day: how long it may take on top of that is sealed.
    """
    promise = timedelta(seconds=greenroom.settings.greenroom_report_promise_seconds)
    with greenroom.uow() as uow:
        found = (
            *repo.overdue(uow, since=since, ended_before=uow.now - promise, limit=OVERDUE_AT_ONCE),
            *repo.being_judged(uow, since=since, limit=AT_ONCE),
            *repo.being_typed(uow, since=since, started_before=uow.now - FORGOTTEN_AFTER, limit=AT_ONCE),
            *repo.being_spoken(uow, since=since, limit=AT_ONCE),
        )
    return list(dict.fromkeys(found))


def reconcile(greenroom: "Greenroom", session_id: str) -> str:
    """Look into a session that has stood still too long. Safe to repeat.

    Raises: what the provider raises; the next round asks again.
    """
    with greenroom.uow() as uow:
        session = repo.session_by_id(uow, session_id)
        if session is None or session.status not in calls.UNDER_WAY:
            return "nothing to do"
        if _is_overdue(greenroom, uow, session):
            return _break_promise(uow, session_id)
        call = repo.call_by_id(uow, session.vapi_call_id) if session.vapi_call_id else None
        waits_for_report = session.status is SessionStatus.PROCESSING and (call is None or call.reported_at is not None)
        if waits_for_report:
            uow.enqueue(service.WRITE_REPORT, session_id=session_id)
            session.updated_at = uow.now
            return "report asked for again"
        if call is None:
            return _end_forgotten(uow, session)
        overdue = uow.now > call.created_at + timedelta(seconds=_longest_call(session))
        unjoined = call.connected_at is None
        call.asked_at = uow.now
    state = greenroom.voice.fetch_call(call.id)
    if state.status == "gone":
        return calls.on_lost_call(greenroom, call.id)
    if state.report is not None:
        return calls.on_report(greenroom, state.report, age_seconds=calls.NEW_EVENT_SECONDS)
    if state.status == "waiting" and unjoined and overdue:
        return calls.on_lost_call(greenroom, call.id)
    if state.status == "ended":
        # What was said in it may never come: from here on the time runs in which the report is promised.
        over = CallEnded(call.id, None, EndedBy.OUR_FAULT)
        return calls.handle_voice_event(greenroom, over, age_seconds=calls.NEW_EVENT_SECONDS)
    return f"call is {state.status}"


def _is_overdue(greenroom: "Greenroom", uow: Uow, session: InterviewSession) -> bool:
    """Whether the report was promised for a moment that has passed."""
    if session.status is not SessionStatus.PROCESSING or session.ended_at is None:
        return False
    return uow.now > session.ended_at + timedelta(seconds=greenroom.settings.greenroom_report_promise_seconds)


def _break_promise(uow: Uow, session_id: str) -> str:
    session = repo.lock_session(uow, session_id)
    if session is None or session.status is not SessionStatus.PROCESSING:
        return "changes nothing"
    return fail(uow, session, failure=N_("The report was not ready in the time we promise."))


def _longest_call(session: InterviewSession) -> int:
    return service.allowed_minutes(session) * 60 + GRACE_SECONDS


def _end_forgotten(uow: Uow, session: InterviewSession) -> str:
    """A typed interview that nobody came back to within a day after its time is judged as it stands."""
    locked = repo.lock_session(uow, session.id)
    if locked is None or locked.status is not SessionStatus.IN_PROGRESS or locked.started_at is None:
        return "nothing to do"
    if uow.now < locked.started_at + timedelta(seconds=_longest_call(locked)) + FORGOTTEN_AFTER:
        return "still being typed"
    service.finish(uow, locked, reason="left unfinished")
    return "ended"
