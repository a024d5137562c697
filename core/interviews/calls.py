"""Calls: what the voice provider tells of one, asking it when it tells nothing, its words and its recording.

An event is applied once, in any order; one of an earlier attempt's call changes nothing any more.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from core.db import Uow
from core.errors import ProviderDown, ProviderRefused
from core.interviews import repo, rules, service
from core.interviews.erasure import recordings_prefix
from core.interviews.errors import CallNotKnownYet, CallStillRunning, RecordingNotReady
from core.interviews.merge import merge_call, planned_questions
from core.interviews.models import InterviewCall, InterviewSession
from core.interviews.outcomes import give_back_or_fail
from core.interviews.states import end_attempt
from core.interviews.types import Segment, SessionStatus
from core.ports.voice import CallConnected, CallEnded, CallReport, VoiceEvent

if TYPE_CHECKING:
    from core.wiring import Greenroom

log = structlog.get_logger(__name__)

REPORT_PATIENCE_SECONDS = 15
"""After a call's end its report is given this long to come by itself before it is asked for."""
NEW_EVENT_SECONDS = 60
WORDS_LOOKS = 4
WORDS_LOOK_SECONDS = 1.0
RECORDING_PATIENCE = timedelta(minutes=2)
"""A recording is uploaded after the call's report: until then its absence says nothing."""
UNDER_WAY = (SessionStatus.IN_PROGRESS, SessionStatus.PROCESSING)


def leave_for_typing(uow: Uow, session: InterviewSession, call: InterviewCall) -> None:
    """What the call's report will bring belongs where the transcript ends now; the report may come much later."""
    transcript = repo.transcript_of(uow, session.id)
    call.words_at = len(service.segments_of(transcript)) if transcript else 0
    _count_from_joining(session, call)
    expect_report(uow, call.id)


def take_over_words(greenroom: "Greenroom", call_id: str) -> None:
    """Wait a moment for the words of a call that was left for typing, so that no question is asked twice.

    What is later than that joins the transcript when the provider's report comes.
    """
    for _ in range(WORDS_LOOKS):
        try:
            fetch_report(greenroom, call_id)
        except CallStillRunning:
            time.sleep(WORDS_LOOK_SECONDS)
        except (ProviderDown, ProviderRefused) as exc:
            log.warning("words before the switch come later", call_id=call_id, error=exc.code)
            return
        else:
            return


def hang_up(greenroom: "Greenroom", session_id: str) -> None:
    """End the session's current call at the provider; one that is over already is no error."""
    with greenroom.uow() as uow:
        session = repo.session_by_id(uow, session_id)
        call = repo.call_by_id(uow, session.vapi_call_id) if session and session.vapi_call_id else None
    if call is not None and call.control_url and call.ended_at is None:
        greenroom.voice.hang_up(call.id, call.control_url)


def hang_up_quietly(greenroom: "Greenroom", call_id: str, control_url: str | None) -> None:
    """End a call that nobody waits for; one that cannot be reached ends by its own limit."""
    if control_url is None:
        return
    try:
        greenroom.voice.hang_up(call_id, control_url)
    except (ProviderDown, ProviderRefused) as exc:
        log.warning("call could not be hung up; it ends by its own limit", call_id=call_id, error=exc.code)


def handle_voice_event(greenroom: "Greenroom", event: VoiceEvent, *, age_seconds: float) -> str:
    """Apply one event of the voice provider. Safe to repeat, in any order. Returns what came of it.

    Raises: CallNotKnownYet while the call may still be on its way into the database.
    """
    match event:
        case CallConnected(call_id):
            return _on_connected(greenroom, call_id, age_seconds)
        case CallEnded(call_id):
            return _on_ended(greenroom, event, age_seconds)
        case CallReport(call_id):
            return on_report(greenroom, event, age_seconds=age_seconds)
        case _:
            return "kept, nothing to do"


def _on_connected(greenroom: "Greenroom", call_id: str, age_seconds: float) -> str:
    with greenroom.uow() as uow:
        known = _lock_call(uow, call_id, age_seconds)
        if known is None:
            return "unknown call"
        session, call = known
        if call.connected_at is not None or not _is_current(session, call):
            return "changes nothing"
        if session.status is not SessionStatus.IN_PROGRESS:
            return "changes nothing"
        call.connected_at = uow.now
        session.started_at = uow.now
        return "connected"


def _on_ended(greenroom: "Greenroom", event: CallEnded, age_seconds: float) -> str:
    with greenroom.uow() as uow:
        known = _lock_call(uow, event.call_id, age_seconds)
        if known is None:
            return "unknown call"
        session, call = known
        call.ended_at = call.ended_at or uow.now
        call.ended_reason = call.ended_reason or event.ended_reason
        if session.status is not SessionStatus.IN_PROGRESS or not _is_current(session, call):
            return "changes nothing"
        end_attempt(uow, session, reason=event.ended_reason)
        expect_report(uow, call.id)
        return "ended"


def expect_report(uow: Uow, call_id: str | None) -> None:
    """Have a call's report asked for unless it comes by itself before."""
    uow.enqueue("interviews.fetch_report", after_seconds=REPORT_PATIENCE_SECONDS, call_id=call_id)


def on_report(greenroom: "Greenroom", report: CallReport, *, age_seconds: float) -> str:
    """Take a call's transcript over, once; then have the report written or give the interview back."""
    with greenroom.uow() as uow:
        known = _lock_call(uow, report.call_id, age_seconds)
        if known is None:
            return "unknown call"
        session, call = known
        if call.reported_at is not None:
            return "changes nothing"
        _note_end(uow, session, call, report)
        if call.words_at is not None:
            return _join_words(uow, session, call, report)
        if session.status not in UNDER_WAY or not _is_current(session, call):
            return "changes nothing"
        said = _take_report(uow, session, call, report)
        return _conclude(uow, session, call, report, said)


def _note_end(uow: Uow, session: InterviewSession, call: InterviewCall, report: CallReport) -> None:
    call.ended_at = call.ended_at or report.ended_at or uow.now
    call.ended_reason = report.ended_reason or call.ended_reason
    if report.cost is not None and call.cost is None:
        call.cost = report.cost
        service.add_cost(uow, session.id, report.cost)


def _join_words(uow: Uow, session: InterviewSession, call: InterviewCall, report: CallReport) -> str:
    """What was spoken before the candidate went on by typing takes its place in the transcript, whenever it comes."""
    if session.status not in (SessionStatus.READY, SessionStatus.IN_PROGRESS):
        return "changes nothing"
    _take_report(uow, session, call, report)
    return "words joined"


def _take_report(uow: Uow, session: InterviewSession, call: InterviewCall, report: CallReport) -> list[Segment]:
    transcript = repo.transcript_of(uow, session.id)
    standing = service.segments_of(transcript) if transcript else []
    at = len(standing) if call.words_at is None else call.words_at
    planned = planned_questions(service.plan_of(session))
    said = [*merge_call(standing[:at], report.rows, attempt=call.attempt, questions=planned), *standing[at:]]
    if said:
        service.write_transcript(uow, session, said)
    call.reported_at = uow.now
    uow.session.flush()
    uow.enqueue("interviews.copy_recording", call_id=call.id)
    return said


def _conclude(
    uow: Uow, session: InterviewSession, call: InterviewCall, report: CallReport, said: Sequence[Segment]
) -> str:
    asked = len({s.question_order for s in said if s.question_order})
    answered = len({s.question_order for s in said if s.speaker == "candidate" and s.question_order})
    left = service.unasked(session, said)
    end_attempt(uow, session, reason=report.ended_reason)
    session.ended_at = report.ended_at or session.ended_at
    if not rules.is_redo(report.ended_by, asked=asked, answered=answered, unasked=len(left)):
        if report.started_at and report.ended_at:
            seconds = int((report.ended_at - report.started_at).total_seconds())
            session.duration_seconds = max(0, session.used_seconds + seconds)
        uow.enqueue(service.WRITE_REPORT, session_id=session.id)
        return "report is being written"
    _count_from_joining(session, call, joined_at=report.started_at)
    return give_back_or_fail(uow, session, reason=report.ended_reason)


def _count_from_joining(session: InterviewSession, call: InterviewCall, *, joined_at: datetime | None = None) -> None:
    """The time of an attempt runs from when its call is joined. Where we were not told of that, `joined_at` says it; a
    call that nobody joined has taken none.
    """
    if call.connected_at is None:
        session.started_at = joined_at


def _lock_call(uow: Uow, call_id: str, age_seconds: float) -> tuple[InterviewSession, InterviewCall] | None:
    call = repo.call_by_id(uow, call_id)
    session = repo.lock_session(uow, call.session_id) if call else None
    if call is None or session is None:
        if age_seconds < NEW_EVENT_SECONDS:
            raise CallNotKnownYet(call_id)
        return None
    uow.session.refresh(call)
    return session, call


def _is_current(session: InterviewSession, call: InterviewCall) -> bool:
    return session.vapi_call_id == call.id


def fetch_report(greenroom: "Greenroom", call_id: str) -> str:
    """Ask the provider about a call whose report did not come by itself. Safe to repeat.

    Raises: VoiceDown, VoiceRefused, and CallStillRunning while there is nothing to take yet.
    """
    with greenroom.uow() as uow:
        call = repo.call_by_id(uow, call_id)
        if call is None or call.reported_at is not None:
            return "nothing to fetch"
    state = greenroom.voice.fetch_call(call_id)
    if state.status == "gone":
        return on_lost_call(greenroom, call_id)
    if state.report is None:
        raise CallStillRunning(call_id)
    return on_report(greenroom, state.report, age_seconds=NEW_EVENT_SECONDS)


def on_lost_call(greenroom: "Greenroom", call_id: str) -> str:
    """The provider knows nothing of the call any more: that is no fault of the candidate's."""
    with greenroom.uow() as uow:
        known = _lock_call(uow, call_id, NEW_EVENT_SECONDS)
        if known is None or not _is_current(*known) or known[0].status not in UNDER_WAY:
            return "changes nothing"
        session, call = known
        call.reported_at = uow.now
        call.ended_at = call.ended_at or uow.now
        _count_from_joining(session, call)
        return give_back_or_fail(uow, session, reason="the call was lost")


def copy_recording(greenroom: "Greenroom", call_id: str) -> None:
    """Bring a call's recording into our own store: the provider's copy is private and short-lived.

    Raises: RecordingNotReady while it may still be on its way; what the provider raises.
    """
    with greenroom.uow() as uow:
        call = repo.call_by_id(uow, call_id)
        session_id, reported_at = (call.session_id, call.reported_at) if call else (None, None)
    if session_id is None:
        return
    state = greenroom.voice.fetch_call(call_id)
    recording = greenroom.voice.fetch_recording(state.report) if state.report else None
    if recording is None:
        if state.status == "ended" and reported_at and greenroom.clock() < reported_at + RECORDING_PATIENCE:
            raise RecordingNotReady(call_id)
        return
    key = f"{recordings_prefix(session_id)}{call_id}"
    greenroom.objects.put(key, recording.content)
    with greenroom.uow() as uow:
        transcript = repo.transcript_of(uow, session_id)
        if transcript is not None:
            transcript.recording_key = key
            return
    greenroom.objects.delete_prefix(recordings_prefix(session_id))


def session_of_call(greenroom: "Greenroom", call_id: str) -> str | None:
    """The interview a call belongs to, None where there is none (any more)."""
    with greenroom.uow() as uow:
        call = repo.call_by_id(uow, call_id)
        return call.session_id if call else None
