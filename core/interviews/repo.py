"""Every query on interviews. Whatever is asked on a person's behalf takes that person's id."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import defer

from core.acting import name_unless_known
from core.db import Count, Uow
from core.interviews.catalogue import Difficulty, InterviewType
from core.interviews.models import (
    InterviewCall,
    InterviewQuestion,
    InterviewSession,
    InterviewTranscript,
    TranscriptCorrection,
)
from core.interviews.types import QuestionsSource, SessionStatus


def lock_own_session(uow: Uow, user_id: str, session_id: str) -> InterviewSession | None:
    query = select(InterviewSession).where(InterviewSession.id == session_id, InterviewSession.user_id == user_id)
    return uow.session.scalars(_held(query)).one_or_none()


def lock_session(uow: Uow, session_id: str) -> InterviewSession | None:
    query = select(InterviewSession).where(InterviewSession.id == session_id)
    session = uow.session.scalars(_held(query)).one_or_none()
    if session is not None:
        name_unless_known(session.user_id)
    return session


def lock_all_of(uow: Uow, user_id: str) -> Sequence[InterviewSession]:
    query = select(InterviewSession).where(InterviewSession.user_id == user_id).order_by(InterviewSession.id)
    return uow.session.scalars(_held(query)).all()


def _held(query: Select[InterviewSession]) -> Select[InterviewSession]:
    """The same, locked: a row that was read before the lock is read anew, for it may have changed in the wait."""
    return query.with_for_update().execution_options(populate_existing=True)


def own_session(uow: Uow, user_id: str, session_id: str) -> InterviewSession | None:
    query = select(InterviewSession).where(InterviewSession.id == session_id, InterviewSession.user_id == user_id)
    return uow.session.scalars(query).one_or_none()


def session_by_id(uow: Uow, session_id: str) -> InterviewSession | None:
    return uow.session.get(InterviewSession, session_id)


def sessions_page(
    uow: Uow,
    user_id: str,
    *,
    limit: int,
    before_id: str | None,
    kind: InterviewType | None,
    statuses: Collection[SessionStatus],
    difficulty: Difficulty | None,
    since: datetime | None,
) -> Sequence[InterviewSession]:
    """Newest first, by id: ids are ordered by time. Their questions, the largest part of a row, stay where they are."""
    without_questions = defer(InterviewSession.questions_generated_sealed)
    query = select(InterviewSession).options(without_questions).where(InterviewSession.user_id == user_id)
    if before_id:
        query = query.where(InterviewSession.id < before_id)
    if kind:
        query = query.where(InterviewSession.type == kind)
    if statuses:
        query = query.where(InterviewSession.status.in_(statuses))
    if difficulty:
        query = query.where(InterviewSession.difficulty == difficulty)
    if since:
        query = query.where(InterviewSession.created_at >= since)
    return uow.session.scalars(query.order_by(InterviewSession.id.desc()).limit(limit)).all()


def questions_of(uow: Uow, session_id: str) -> Sequence[InterviewQuestion]:
    query = select(InterviewQuestion).where(InterviewQuestion.session_id == session_id)
    return uow.session.scalars(query.order_by(InterviewQuestion.question_order)).all()


def earlier_questions(uow: Uow, user_id: str, *, limit: int = 400) -> Sequence[InterviewQuestion]:
    """The last questions planned for somebody, so that none is asked twice."""
    query = select(InterviewQuestion).where(InterviewQuestion.user_id == user_id)
    return uow.session.scalars(query.order_by(InterviewQuestion.id.desc()).limit(limit)).all()


def transcript_of(uow: Uow, session_id: str) -> InterviewTranscript | None:
    query = select(InterviewTranscript).where(InterviewTranscript.session_id == session_id)
    return uow.session.scalars(query).one_or_none()


def corrections_of(uow: Uow, session_id: str) -> Sequence[TranscriptCorrection]:
    query = select(TranscriptCorrection).where(TranscriptCorrection.session_id == session_id)
    return uow.session.scalars(query.order_by(TranscriptCorrection.id)).all()


def call_by_id(uow: Uow, call_id: str) -> InterviewCall | None:
    return uow.session.get(InterviewCall, call_id)


def calls_of(uow: Uow, session_id: str) -> Sequence[InterviewCall]:
    query = select(InterviewCall).where(InterviewCall.session_id == session_id).order_by(InterviewCall.attempt)
    return uow.session.scalars(query).all()


def unpaid(uow: Uow, *, since: datetime, limit: int = 100) -> Sequence[str]:
    """Ids of sessions that have waited for their payment since before a moment, the longest first."""
    query = _standing(SessionStatus.AWAITING_PAYMENT, since)
    return uow.session.scalars(query.order_by(InterviewSession.updated_at).limit(limit)).all()


def overdue(uow: Uow, *, since: datetime, ended_before: datetime, limit: int) -> Sequence[str]:
    """Ids of interviews that ended before a moment and are still being judged, the longest first."""
    query = _standing(SessionStatus.PROCESSING, since).where(InterviewSession.ended_at < ended_before)
    return uow.session.scalars(query.order_by(InterviewSession.ended_at).limit(limit)).all()


def being_judged(uow: Uow, *, since: datetime, limit: int) -> Sequence[str]:
    """Ids of interviews that wait for a report, of the call or of the judge, the longest not looked at first."""
    query = _standing(SessionStatus.PROCESSING, since).outerjoin(InterviewCall, _CURRENT_CALL)
    return uow.session.scalars(query.order_by(_LOOKED_AT, InterviewSession.id).limit(limit)).all()


def being_spoken(uow: Uow, *, since: datetime, limit: int) -> Sequence[str]:
    """Ids of interviews whose call runs or is waited for, the longest not asked about first."""
    query = _standing(SessionStatus.IN_PROGRESS, since).join(InterviewCall, _CURRENT_CALL)
    return uow.session.scalars(query.order_by(_LOOKED_AT, InterviewSession.id).limit(limit)).all()


def being_typed(uow: Uow, *, since: datetime, started_before: datetime, limit: int) -> Sequence[str]:
    """Ids of interviews without a call that were started before a moment and are not over, the longest first."""
    query = _standing(SessionStatus.IN_PROGRESS, since).outerjoin(InterviewCall, _CURRENT_CALL)
    query = query.where(InterviewCall.id.is_(None), InterviewSession.started_at < started_before)
    return uow.session.scalars(query.order_by(InterviewSession.started_at).limit(limit)).all()


_CURRENT_CALL = InterviewCall.id == InterviewSession.vapi_call_id
_LOOKED_AT = func.greatest(InterviewSession.updated_at, InterviewCall.asked_at)
"""Postgres leaves out what is not known: a call that was never asked about has its turn by when it began."""


def _standing(status: SessionStatus, since: datetime) -> Select[str]:
    return select(InterviewSession.id).where(InterviewSession.status == status, InterviewSession.updated_at < since)


def older_than(uow: Uow, moment: datetime, *, but: Sequence[SessionStatus], limit: int) -> Sequence[str]:
    """Ids of sessions that were set up before a moment and are in none of these states, the oldest first."""
    query = select(InterviewSession.id).where(InterviewSession.created_at < moment, InterviewSession.status.not_in(but))
    return uow.session.scalars(query.order_by(InterviewSession.id).limit(limit)).all()


def recordings_older_than(uow: Uow, moment: datetime, *, limit: int) -> Sequence[str]:
    """Ids of sessions whose recording we still hold and whose call was before a moment."""
    query = (
        select(InterviewTranscript.session_id)
        .join(InterviewSession, InterviewSession.id == InterviewTranscript.session_id)
        .where(InterviewTranscript.recording_key.is_not(None), InterviewSession.ended_at < moment)
    )
    return uow.session.scalars(query.order_by(InterviewTranscript.session_id).limit(limit)).all()


def delete_session(uow: Uow, session_id: str) -> None:
    """The session with all that hangs on it; its payment stays behind, stripped of it."""
    uow.session.execute(delete(InterviewSession).where(InterviewSession.id == session_id))


def has_session(uow: Uow, user_id: str) -> bool:
    query = select(InterviewSession.id).where(InterviewSession.user_id == user_id).limit(1)
    return uow.session.scalars(query).first() is not None


def calls_counted(user_id: str) -> Count:
    query = select(func.count()).select_from(InterviewCall).join(InterviewSession)
    return query.where(InterviewSession.user_id == user_id)


def recordings_counted(user_id: str) -> Count:
    query = select(func.count()).select_from(InterviewTranscript).join(InterviewSession)
    return query.where(InterviewSession.user_id == user_id, InterviewTranscript.recording_key.is_not(None))


def planned_by_model_counted(user_id: str) -> Count:
    by_model = InterviewSession.questions_source != QuestionsSource.QUESTION_BANK
    return select(func.count()).where(InterviewSession.user_id == user_id, by_model)
