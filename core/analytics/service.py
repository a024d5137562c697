"""A person's own figures. They are recomputed from the rows in the transaction that changes one of them.

Study interviews count in none of them but in the money: their answers were given with help.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from core.accounts.types import Actor
from core.analytics.models import InterviewStatistics
from core.db import Uow
from core.ids import new_id
from core.interviews.catalogue import Difficulty, InterviewType
from core.interviews.models import InterviewSession
from core.interviews.types import SessionStatus
from core.payments.models import InterviewPayment
from core.payments.types import PaymentStatus
from core.reports.models import InterviewReport

TREND_POINTS = 100
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class TrendPoint:
    """One scored interview; `low` and `high` bound the score's 95 % interval."""

    session_id: str
    at: datetime
    type: InterviewType
    difficulty: Difficulty
    score: int
    low: int
    high: int


@dataclass(frozen=True)
class Statistics:
    """`average_score` is None while nothing has a score; `total_spent` is in minor units, refunds taken off."""

    total_interviews: int
    total_spent: int
    average_score: float | None
    last_interview_at: datetime | None
    trend: tuple[TrendPoint, ...]
    """Oldest first, the last hundred."""


def recompute(uow: Uow, user_id: str) -> None:
    """Bring somebody's row up to what the tables say. Safe to repeat.

    The row is held before anything is counted: two that count at once would each miss what the other writes. It is the
    last lock of a transaction, after session and payment.
    """
    uow.session.flush()
    empty = insert(InterviewStatistics).values(id=new_id("sta"), user_id=user_id)
    uow.session.execute(empty.on_conflict_do_update(index_elements=["user_id"], set_={"user_id": user_id}))
    completed = select(
        func.count(InterviewSession.id),
        func.max(InterviewSession.ended_at),
        func.count(InterviewReport.overall_score),
        func.coalesce(func.sum(InterviewReport.overall_score), 0),
    ).outerjoin(InterviewReport, InterviewReport.session_id == InterviewSession.id)
    row = uow.session.execute(
        completed.where(
            InterviewSession.user_id == user_id,
            InterviewSession.status == SessionStatus.COMPLETED,
            InterviewSession.study.is_(False),
        )
    ).one()
    total, last, scored = row[0], row[1], row[2]
    score_sum = int(row[3] or 0)
    figures = {
        "total_interviews": total,
        "total_spent": _total_spent(uow, user_id),
        "scored_interviews": scored,
        "score_sum": score_sum,
        "average_score": round(score_sum / scored, 1) if scored else None,
        "last_interview_at": last,
    }
    uow.session.execute(update(InterviewStatistics).where(InterviewStatistics.user_id == user_id).values(figures))


def _total_spent(uow: Uow, user_id: str) -> int:
    query = select(func.coalesce(func.sum(InterviewPayment.amount), 0)).where(
        InterviewPayment.user_id == user_id,
        InterviewPayment.status == PaymentStatus.PAID,
        InterviewPayment.transaction_id.is_distinct_from(InterviewPayment.id),
    )
    return int(uow.session.scalar(query) or 0)


def statistics(uow: Uow, actor: Actor) -> Statistics:
    row = uow.session.scalars(
        select(InterviewStatistics).where(InterviewStatistics.user_id == actor.user_id)
    ).one_or_none()
    return Statistics(
        total_interviews=row.total_interviews if row else 0,
        total_spent=row.total_spent if row else 0,
        average_score=row.average_score if row else None,
        last_interview_at=row.last_interview_at if row else None,
        trend=trend(uow, actor),
    )


def trend(
    uow: Uow,
    actor: Actor,
    *,
    type: InterviewType | None = None,
    difficulty: Difficulty | None = None,
    since: datetime | None = None,
) -> tuple[TrendPoint, ...]:
    """The caller's scored interviews of that kind that were set up since then, oldest first: the latest hundred."""
    query = latest_scored(_points(), actor, type=type, difficulty=difficulty, since=since)
    return _read(uow, query)


def up_to(uow: Uow, actor: Actor, session_id: str) -> tuple[TrendPoint, ...]:
    """One of the caller's scored interviews and those of its type that were set up before it, oldest first: a hundred
    at most, itself the last. Empty where it has no score."""
    kind = select(InterviewSession.type).where(InterviewSession.id == session_id).scalar_subquery()
    query = latest_scored(_points(), actor).where(InterviewSession.type == kind, InterviewSession.id <= session_id)
    points = _read(uow, query)
    return points if points and points[-1].session_id == session_id else ()


def _points() -> Select[*tuple[Any, ...]]:
    # By columns: a hundred whole reports, words and all, would be some megabytes for a hundred numbers.
    return select(
        InterviewReport.session_id,
        InterviewSession.created_at,
        InterviewSession.type,
        InterviewSession.difficulty,
        InterviewReport.overall_score,
        InterviewReport.interval_low,
        InterviewReport.interval_high,
    )


def _read(uow: Uow, query: Select[*tuple[Any, ...]]) -> tuple[TrendPoint, ...]:
    """Newest first in the query, oldest first here."""
    points = [
        TrendPoint(session_id, at, InterviewType(kind), Difficulty(level), score, low, high)
        for session_id, at, kind, level, score, low, high in uow.session.execute(query)
        if score is not None and low is not None and high is not None
    ]
    return tuple(reversed(points))


def latest_scored(
    query: Select[*Columns],
    actor: Actor,
    *,
    type: InterviewType | None = None,
    difficulty: Difficulty | None = None,
    since: datetime | None = None,
) -> Select[*Columns]:
    """Columns of the caller's scored reports and their interviews, those set up last first, a hundred at most. None
    asks for any; study is left out."""
    query = query.join(InterviewSession, InterviewSession.id == InterviewReport.session_id).where(
        InterviewSession.user_id == actor.user_id,
        InterviewReport.user_id == actor.user_id,
        InterviewReport.overall_score.is_not(None),
        InterviewSession.study.is_(False),
    )
    if type is not None:
        query = query.where(InterviewSession.type == type)
    if difficulty is not None:
        query = query.where(InterviewSession.difficulty == difficulty)
    if since is not None:
        query = query.where(InterviewSession.created_at >= since)
    # Not by when the report was written: an old interview that is scored again is no new one.
    return query.order_by(InterviewSession.id.desc()).limit(TREND_POINTS)
