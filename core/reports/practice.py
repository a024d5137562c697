"""What is due: questions whose answers lacked something come again after growing intervals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.accounts.types import Actor
from core.db import Uow
from core.ids import new_id
from core.reports.models import PracticeItem
from core.reports.types import Report

GOOD_FROM = 70
"""From this score on an answer holds; below it the question is practised."""
INTERVALS = (1, 3, 7, 16, 35)
"""Days until an answer that held is due again, by how often it held in a row; after the last it is done."""
SHOWN = 20


@dataclass(frozen=True)
class DueItem:
    """A question of a report that is due: it is answered again in that report."""

    session_id: str
    question_order: int
    competency: str
    due_at: datetime
    last_score: int | None
    repetitions: int


def due(uow: Uow, actor: Actor, *, limit: int = SHOWN) -> list[DueItem]:
    """The caller's items that are due now, the longest overdue first."""
    query = select(PracticeItem).where(PracticeItem.user_id == actor.user_id, PracticeItem.due_at <= uow.now)
    rows = uow.session.scalars(query.order_by(PracticeItem.due_at).limit(limit))
    return [DueItem(r.session_id, r.question_order, r.competency, r.due_at, r.last_score, r.repetitions) for r in rows]


def by_need(uow: Uow, user_id: str, areas: Sequence[str]) -> tuple[str, ...]:
    """Focus areas in the order in which somebody needs them: those with most due items first, else as they were.

    The first areas of a plan get the questions that do not share out evenly.
    """
    query = select(PracticeItem.competency).where(PracticeItem.user_id == user_id, PracticeItem.due_at <= uow.now)
    waiting = Counter(uow.session.scalars(query))
    return tuple(sorted(areas, key=lambda area: -waiting[area]))


def note_report(uow: Uow, user_id: str, report: Report) -> None:
    """Make every asked question that was answered below par due tomorrow; one that holds now is due no more."""
    weak = [q for q in report.questions if q.score is not None and q.score < GOOD_FROM]
    orders = [q.order for q in weak]
    query = delete(PracticeItem).where(PracticeItem.session_id == report.session_id)
    uow.session.execute(query.where(PracticeItem.question_order.not_in(orders)))
    for question in weak:
        values = {"last_score": question.score, "due_at": uow.now + timedelta(days=INTERVALS[0])}
        statement = insert(PracticeItem).values(
            id=new_id("prc"),
            user_id=user_id,
            session_id=report.session_id,
            question_order=question.order,
            competency=question.competency,
            interval_days=INTERVALS[0],
            repetitions=0,
            **values,
        )
        keys = ["session_id", "question_order"]
        uow.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))


def note_retry(uow: Uow, session_id: str, question_order: int, score: int | None) -> None:
    """Move an item on by what a new answer earned: further away when it holds, back to tomorrow when not."""
    query = select(PracticeItem).where(
        PracticeItem.session_id == session_id, PracticeItem.question_order == question_order
    )
    item = uow.session.scalars(query.with_for_update()).one_or_none()
    if item is None:
        return
    item.last_score = score
    item.repetitions = item.repetitions + 1 if score is not None and score >= GOOD_FROM else 0
    if item.repetitions >= len(INTERVALS):
        uow.session.delete(item)
        return
    item.interval_days = INTERVALS[item.repetitions]
    item.due_at = uow.now + timedelta(days=item.interval_days)
