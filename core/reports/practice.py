"""What is due: questions whose answers lacked something come again after growing intervals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import delete, func, select
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
REPORTS = 3


@dataclass(frozen=True)
class DueItem:
    """A question of a report that is due: it is answered again in that report."""

    question_order: int
    competency: str
    due_at: datetime
    last_score: int | None
    repetitions: int


@dataclass(frozen=True)
class DueReport:
    """A report with all its questions that are due, in the order in which they were asked."""

    session_id: str
    items: tuple[DueItem, ...]


def due(uow: Uow, actor: Actor, *, limit: int = REPORTS) -> list[DueReport]:
    """The caller's reports with questions that are due now, the longest overdue first."""
    is_due = (PracticeItem.user_id == actor.user_id, PracticeItem.due_at <= uow.now)
    since = func.min(PracticeItem.due_at)
    longest = select(PracticeItem.session_id).where(*is_due).group_by(PracticeItem.session_id)
    reports = list(uow.session.scalars(longest.order_by(since, PracticeItem.session_id).limit(limit)))
    if not reports:
        return []
    rows = uow.session.scalars(
        select(PracticeItem)
        .where(*is_due, PracticeItem.session_id.in_(reports))
        .order_by(PracticeItem.session_id, PracticeItem.question_order)
    )
    items = {session_id: [_item(row) for row in of_one] for session_id, of_one in groupby(rows, _session_of)}
    return [DueReport(session_id, tuple(items[session_id])) for session_id in reports]


def _session_of(row: PracticeItem) -> str:
    return row.session_id


def _item(row: PracticeItem) -> DueItem:
    return DueItem(row.question_order, row.competency, row.due_at, row.last_score, row.repetitions)


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
