"""What a report is written from, and what it leaves with its interview."""

from collections.abc import Sequence

from core.db import Uow
from core.errors import NotFound
from core.interviews import repo, service
from core.interviews.models import InterviewSession
from core.interviews.states import move
from core.interviews.types import Material, QuestionResult, Segment, SessionStatus


def material_for_report(uow: Uow, session_id: str) -> Material | None:
    """Plan and transcript of a session that waits for its report, None where none waits."""
    session = repo.session_by_id(uow, session_id)
    if session is None or session.status is not SessionStatus.PROCESSING:
        return None
    return _material(uow, session)


def material_for_rescore(uow: Uow, session_id: str) -> Material | None:
    """Plan and transcript of an interview that has its report, None where it has none."""
    session = repo.session_by_id(uow, session_id)
    if session is None or session.status is not SessionStatus.COMPLETED:
        return None
    return _material(uow, session)


def _material(uow: Uow, session: InterviewSession) -> Material:
    transcript = repo.transcript_of(uow, session.id)
    return Material(
        plan=service.plan_of(session),
        said=tuple(service.segments_of(transcript)) if transcript else (),
        confidence=transcript.confidence_score if transcript else None,
        fillers_kept=transcript.fillers_kept if transcript else False,
        corrected=transcript.corrected if transcript else False,
    )


def owner_of(uow: Uow, session_id: str) -> str | None:
    """Whose interview it is, None where it is gone."""
    session = repo.session_by_id(uow, session_id)
    return session.user_id if session else None


def lock_for_report(uow: Uow, session_id: str) -> str | None:
    """Hold a session that waits for its report. Returns its owner, None where none waits (any more)."""
    session = repo.lock_session(uow, session_id)
    return session.user_id if session is not None and session.status is SessionStatus.PROCESSING else None


def conclude(uow: Uow, session_id: str, results: Sequence[QuestionResult]) -> None:
    """`processing` → `completed`, with what was found on each question. The session is held by `lock_for_report`."""
    session = repo.lock_session(uow, session_id)
    if session is None:
        raise NotFound("interview")
    write_results(uow, session_id, results)
    move(uow, session, SessionStatus.COMPLETED)
    session.report_generated = True


def write_results(uow: Uow, session_id: str, results: Sequence[QuestionResult]) -> None:
    """What was found on each question. The session is held."""
    rows = {row.question_order: row for row in repo.questions_of(uow, session_id)}
    for result in results:
        row = rows[result.order]
        row.user_response_text = result.answer
        row.response_score = result.score
        row.follow_up_asked = result.follow_up_asked


def lock_completed(uow: Uow, session_id: str) -> str | None:
    """Hold an interview that has its report. Returns its owner, None where it is gone or has none."""
    session = repo.lock_session(uow, session_id)
    return session.user_id if session is not None and session.status is SessionStatus.COMPLETED else None


def said_in(uow: Uow, session_id: str) -> list[Segment]:
    """The transcript of an interview, for callers who have asked its owner; empty where nothing was said."""
    transcript = repo.transcript_of(uow, session_id)
    return service.segments_of(transcript) if transcript else []
