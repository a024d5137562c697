"""What a month earned and cost is the same whether its days were added up by night or are read anew."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, func, select, text, update

from core.ids import new_id
from core.interviews.catalogue import InterviewType
from core.interviews.models import InterviewSession
from core.interviews.types import SessionStatus
from core.operations.margins import WHOLE_DAYS, add_up, margins
from core.operations.models import DeliveredDay
from core.operations.types import Margin
from core.payments.models import InterviewPayment
from core.payments.types import PaymentStatus
from tests.integration.test_promise import TYPED
from tests.integration.test_reconciliation import under_way
from tests.integration.world import World

DOLLAR = 8_000
PRICE = 19_500
COMPLETED = SessionStatus.COMPLETED
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def looked(world: World) -> tuple[Margin, ...]:
    with world.app.uow() as uow:
        return margins(uow, dollar_price=DOLLAR)


def night(world: World) -> None:
    with world.app.uow() as uow:
        add_up(uow)


def forgotten(world: World) -> tuple[Margin, ...]:
    """The same look where no night has passed."""
    with world.app.uow() as uow:
        uow.session.execute(text("TRUNCATE delivered_days"))
        return margins(uow, dollar_price=DOLLAR)


def delivered(
    world: World,
    *ended: datetime,
    kind: InterviewType = InterviewType.TECHNICAL,
    cost: float | None = 0.5,
    status: PaymentStatus | None = PaymentStatus.PAID,
) -> None:
    session_ids = under_way(world, TYPED, number=len(ended))
    with world.app.uow() as uow:
        for session_id, at in zip(session_ids, ended, strict=True):
            session = uow.session.get_one(InterviewSession, session_id)
            session.type, session.status, session.ended_at, session.cost_calculated = kind, COMPLETED, at, cost
            if status:
                uow.session.add(
                    InterviewPayment(
                        id=(payment_id := new_id("pay")), session_id=session_id, amount=PRICE, currency="INR",
                        status=status, receipt=payment_id, created_at=at, updated_at=at,
                    )
                )  # fmt: skip


def test_days_added_up_by_night_say_what_the_interviews_say(world: World) -> None:
    """Seeded: forty days of interviews of all types, paid, refunded and free, looked at over the days after."""
    dice = Random(27)
    for number in range(60):
        at = MIDNIGHT - timedelta(hours=dice.uniform(-9, 24 * 40))
        delivered(
            world,
            at,
            kind=list(InterviewType)[number % len(InterviewType)],
            cost=dice.choice([None, 0.123456, 1.5]),
            status=dice.choice([PaymentStatus.PAID, PaymentStatus.PAID, PaymentStatus.REFUNDED, None]),
        )
    for days in (0, 1, 5, 29, 31, 45):
        world.now = MIDNIGHT + timedelta(days=days, hours=9)
        truth = forgotten(world)
        night(world)
        assert looked(world) == truth
        world.now += timedelta(days=3)
        after = looked(world)
        assert after == forgotten(world)
        assert bool(after) == (days < 29)
        world.now -= timedelta(days=3)
        night(world)


def test_what_ends_around_midnight_is_counted_once(world: World) -> None:
    delivered(world, MIDNIGHT - MOMENT, MIDNIGHT, MIDNIGHT + MOMENT)
    world.now = MIDNIGHT + timedelta(hours=1)
    night(world)
    assert looked(world) == (Margin(InterviewType.TECHNICAL, 3, 3 * PRICE, 12_000),)


def test_a_month_begins_at_a_midnight(world: World) -> None:
    first = MIDNIGHT - timedelta(days=WHOLE_DAYS)
    delivered(world, first - MOMENT, first)
    assert [one.interviews for one in looked(world)] == [1]
    night(world)
    assert [one.interviews for one in looked(world)] == [1]


def test_what_is_settled_late_counts_from_the_next_night_on(world: World) -> None:
    delivered(world, MIDNIGHT - timedelta(days=3))
    night(world)
    with world.app.uow() as uow:
        uow.session.execute(update(InterviewPayment).values(status=PaymentStatus.REFUNDED))
    delivered(world, MIDNIGHT - timedelta(days=2))
    assert [(one.interviews, one.earned) for one in looked(world)] == [(1, PRICE)]
    night(world)
    assert [(one.interviews, one.earned) for one in looked(world)] == [(2, PRICE)]


def test_nothing_is_told_of_what_delivered_nothing(world: World) -> None:
    night(world)
    assert looked(world) == ()


@pytest.fixture
def plans(world: World) -> Iterator[list[str]]:
    """Of every query that is made meanwhile."""
    found: list[str] = []

    def explain(_connection: Any, cursor: Any, query: str, parameters: Any, *_rest: Any) -> None:
        if query.startswith("SELECT"):
            cursor.execute(f"EXPLAIN {query}", parameters)
            found.append("\n".join(row[0] for row in cursor.fetchall()))

    event.listen(world.real.engine, "before_cursor_execute", explain)
    yield found
    event.remove(world.real.engine, "before_cursor_execute", explain)


def test_a_look_reads_no_day_that_was_added_up(world: World, plans: list[str]) -> None:
    many = 400
    delivered(world, *(MIDNIGHT - timedelta(hours=1 + number % 700) for number in range(many)))
    night(world)
    with world.app.uow() as uow:
        uow.session.execute(text("ANALYZE interview_sessions, interview_payments, delivered_days"))
        assert uow.session.execute(select(func.sum(DeliveredDay.interviews))).scalar_one() == many
    plans.clear()
    assert [one.interviews for one in looked(world)] == [many]
    assert [plan for plan in plans if "ix_interview_sessions_completed" in plan]
    assert [plan for plan in plans if "Seq Scan on interview_" in plan] == []
