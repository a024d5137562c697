"""Queries on reports."""

from collections.abc import Sequence

from sqlalchemy import func, select

from core.db import Count, Uow
from core.reports.models import AnswerRetry, InterviewReport, PracticeItem, ReportReview, ReportRevision, ScoreOverride
from core.reports.states import ReviewKind


def of_session(uow: Uow, session_id: str) -> InterviewReport | None:
    query = select(InterviewReport).where(InterviewReport.session_id == session_id)
    return uow.session.scalars(query).one_or_none()


def overrides_of(uow: Uow, session_id: str) -> Sequence[ScoreOverride]:
    """Oldest first: a later one of the same question takes its place."""
    query = select(ScoreOverride).where(ScoreOverride.session_id == session_id).order_by(ScoreOverride.id)
    return uow.session.scalars(query).all()


def retries_of(uow: Uow, session_id: str) -> Sequence[AnswerRetry]:
    """Oldest first."""
    query = select(AnswerRetry).where(AnswerRetry.session_id == session_id).order_by(AnswerRetry.id)
    return uow.session.scalars(query).all()


def review_of(uow: Uow, session_id: str, kind: ReviewKind) -> ReportReview | None:
    query = select(ReportReview).where(ReportReview.session_id == session_id, ReportReview.kind == kind)
    return uow.session.scalars(query).one_or_none()


def reviews_of(uow: Uow, session_id: str) -> Sequence[ReportReview]:
    query = select(ReportReview).where(ReportReview.session_id == session_id).order_by(ReportReview.kind)
    return uow.session.scalars(query).all()


def revisions_of(uow: Uow, session_id: str) -> Sequence[ReportRevision]:
    """What stood before each re-scoring, oldest first."""
    query = select(ReportRevision).where(ReportRevision.session_id == session_id).order_by(ReportRevision.revision)
    return uow.session.scalars(query).all()


def practice_of(uow: Uow, session_id: str) -> Sequence[PracticeItem]:
    query = select(PracticeItem).where(PracticeItem.session_id == session_id).order_by(PracticeItem.question_order)
    return uow.session.scalars(query).all()


def judged_by_model_counted(user_id: str) -> Count:
    return select(func.count()).where(InterviewReport.user_id == user_id, InterviewReport.model.is_not(None))
