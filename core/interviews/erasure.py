"""Erasing interviews: by their owner, by age, and with an account. What was not delivered is paid back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.accounts.types import Actor
from core.analytics import service as analytics
from core.cohorts import rollups
from core.db import Uow
from core.interviews import repo, service
from core.interviews.errors import InvalidState
from core.interviews.models import InterviewSession
from core.interviews.types import SessionStatus
from core.notifications import service as notifications
from core.payments import service as payments
from core.webhooks import service as inbox

if TYPE_CHECKING:
    from core.wiring import Greenroom

UNDER_WAY = (SessionStatus.IN_PROGRESS, SessionStatus.PROCESSING)


def recordings_prefix(session_id: str) -> str:
    return f"recordings/{session_id}/"


def delete(greenroom: "Greenroom", actor: Actor, session_id: str) -> None:
    """Erase an interview with everything of it; its payment stays, stripped, and is returned if nothing was delivered.

    Raises: NotFound, InvalidState while it is in progress or being judged.
    """
    with greenroom.uow() as uow:
        rollups.hold_learner(uow, actor.user_id)
        session = service.lock_own(uow, actor, session_id)
        if session.status in UNDER_WAY:
            raise InvalidState(session.id, session.status, "deleted")
        _erase(uow, session)
        analytics.recompute(uow, actor.user_id)


def erase_old(uow: Uow, session_id: str) -> bool:
    """Erase an interview whose time is over, as its owner could. Returns False where it is gone or under way."""
    found = repo.session_by_id(uow, session_id)
    if found is None:
        return False
    rollups.hold_learner(uow, found.user_id)
    session = repo.lock_session(uow, session_id)
    if session is None or session.status in UNDER_WAY:
        return False
    _erase(uow, session)
    analytics.recompute(uow, session.user_id)
    return True


def erase_recording(greenroom: "Greenroom", session_id: str) -> None:
    """Erase our copy of what was recorded; the transcript stays."""
    greenroom.objects.delete_prefix(recordings_prefix(session_id))
    with greenroom.uow() as uow:
        transcript = repo.transcript_of(uow, session_id)
        if transcript is not None:
            transcript.recording_key = None


def erase_all(uow: Uow, user_id: str) -> list[tuple[str, str | None]]:
    """Every interview of somebody whose account goes; what was not delivered is returned.

    Returns the calls that still run, with their control addresses: they are to be hung up once this is committed.
    """
    running: list[tuple[str, str | None]] = []
    for session in repo.lock_all_of(uow, user_id):
        calls = repo.calls_of(uow, session.id)
        running += [(call.id, call.control_url) for call in calls if call.ended_at is None]
        _erase(uow, session)
    return running


def _erase(uow: Uow, session: InterviewSession) -> None:
    """Remove the session, which is held, with everything of it; what lies elsewhere is erased by a job."""
    if not session.report_generated:
        payments.give_back(uow, session.id)
    call_ids = [call.id for call in repo.calls_of(uow, session.id)]
    uow.enqueue("interviews.erase_traces", session_id=session.id, call_ids=call_ids)
    notifications.forget(uow, session.user_id, session.id)
    inbox.forget(uow, session.id)
    repo.delete_session(uow, session.id)


def erase_traces(greenroom: "Greenroom", session_id: str, call_ids: Sequence[str]) -> None:
    """What a deleted interview left outside the database: recordings, and the provider's own copy of its calls."""
    greenroom.objects.delete_prefix(recordings_prefix(session_id))
    for call_id in call_ids:
        greenroom.voice.delete_call(call_id)
