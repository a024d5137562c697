"""What was earned by the interviews of today and of the thirty days before, and what they cost.

Days that are over (UTC) are added up by night; a look adds the days that came since, so that it costs the same however
many interviews a month has. Before the first night, all came since. What changes in an interview of an earlier day, as
a refund does, is told from the next night on.
"""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Date, Select, cast, delete, func, select, union_all

from core.db import Uow
from core.interviews.catalogue import InterviewType
from core.interviews.models import InterviewSession
from core.interviews.types import SessionStatus
from core.operations.models import DeliveredDay
from core.operations.types import Margin
from core.payments.models import InterviewPayment
from core.payments.types import PaymentStatus

WHOLE_DAYS = 30
LONGEST = timedelta(minutes=10)
_DAY = timedelta(days=1)


def margins(uow: Uow, *, dollar_price: int) -> tuple[Margin, ...]:
    """By type, those that delivered nothing left out. `dollar_price` in minor units."""
    first = _first_day(uow)
    last_kept = uow.session.execute(select(func.max(DeliveredDay.day))).scalar_one_or_none()
    kept = select(DeliveredDay.type, DeliveredDay.interviews, DeliveredDay.earned, DeliveredDay.cost)
    since = _delivered(first if last_kept is None else max(first, last_kept + _DAY))
    both = union_all(kept.where(DeliveredDay.day >= first), since.group_by(InterviewSession.type)).subquery()
    interviews = func.sum(both.c.interviews)
    found = uow.session.execute(
        select(both.c.type, interviews, func.sum(both.c.earned), func.sum(both.c.cost))
        .group_by(both.c.type)
        .having(interviews > 0)
        .order_by(both.c.type)
    )
    return tuple(
        Margin(kind, int(count), int(earned), round(float(dollars) * dollar_price))
        for kind, count, earned, dollars in found
    )


def add_up(uow: Uow) -> None:
    """Add up the days that are over, all of them anew: much of what they hold was settled after them."""
    uow.allow(LONGEST)
    first, today = _first_day(uow), uow.now.astimezone(UTC).date()
    day = cast(func.timezone("UTC", InterviewSession.ended_at), Date).label("day")
    query = _delivered(first, today).add_columns(day).group_by(InterviewSession.type, day)
    found = {(row.day, row.type): row for row in uow.session.execute(query)}
    uow.session.execute(delete(DeliveredDay))
    for number in range(WHOLE_DAYS):
        for kind in InterviewType:
            key = first + number * _DAY, kind
            row = found.get(key)
            sums = (row.interviews, row.earned, row.cost) if row else (0, 0, 0)
            uow.session.add(DeliveredDay(day=key[0], type=kind, interviews=sums[0], earned=sums[1], cost=sums[2]))


def _first_day(uow: Uow) -> date:
    return uow.now.astimezone(UTC).date() - WHOLE_DAYS * _DAY


def _delivered(first: date, end: date | None = None) -> Select[InterviewType, int, int, float | None]:
    """Type, interviews, earned and cost of what ended from `first` on and before `end`; to be grouped."""
    query = (
        select(
            InterviewSession.type,
            func.count().label("interviews"),
            func.coalesce(func.sum(InterviewPayment.amount), 0).label("earned"),
            func.coalesce(func.sum(InterviewSession.cost_calculated), 0).label("cost"),
        )
        .outerjoin(
            InterviewPayment,
            (InterviewPayment.session_id == InterviewSession.id) & (InterviewPayment.status == PaymentStatus.PAID),
        )
        .where(InterviewSession.status == SessionStatus.COMPLETED, InterviewSession.ended_at >= _midnight(first))
    )
    return query if end is None else query.where(InterviewSession.ended_at < _midnight(end))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
