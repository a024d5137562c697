"""The ledger: what is booked stays, what does not add up is found."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.db import Uow
from core.ids import new_id
from core.ledger import service as ledger
from core.ledger.models import Account, Movement
from core.money import Money
from core.settings import Settings
from core.wiring import Greenroom, build

PRICE = Money(19500)


@pytest.fixture
def greenroom(settings: Settings) -> Iterator[Greenroom]:
    made = build(settings)
    yield made
    made.engine.dispose()


@pytest.fixture
def uow(greenroom: Greenroom) -> Iterator[Uow]:
    """One transaction over an empty ledger, rolled back."""
    with greenroom.uow() as uow:
        uow.session.execute(text("TRUNCATE ledger_entries, interview_payments, cohort_credits CASCADE"))
        yield uow
        uow.session.rollback()


def standing(uow: Uow) -> dict[Account, int]:
    return {balance.account: balance.amount for balance in ledger.balances(uow)}


def pay(uow: Uow, reference: str, status: str) -> None:
    uow.session.execute(
        text(
            "INSERT INTO interview_payments (id, amount, currency, status, receipt, transaction_id, created_at, "
            "updated_at) VALUES (:id, 19500, 'INR', :status, :id, :reference, now(), now())"
        ),
        {"id": new_id("pay"), "status": status, "reference": reference},
    )


def test_paid_and_delivered_is_earned(uow: Uow) -> None:
    pay(uow, "p1", "paid")
    assert ledger.book(uow, Movement.CAPTURED, PRICE, reference="p1")
    assert standing(uow) == {Account.PROVIDER: 19500, Account.PREPAID: 19500}

    ledger.book(uow, Movement.DELIVERED, PRICE, reference="p1")
    assert standing(uow) == {Account.PROVIDER: 19500, Account.PREPAID: 0, Account.EARNED: 19500}
    assert ledger.differences(uow) == []


def test_what_is_booked_twice_moves_once(uow: Uow) -> None:
    pay(uow, "p1", "refunded")
    for _ in range(3):
        for movement in (Movement.CAPTURED, Movement.OWED, Movement.REFUNDED):
            ledger.book(uow, movement, PRICE, reference="p1")
    assert standing(uow) == {Account.PROVIDER: 0, Account.PREPAID: 0, Account.OWED_BACK: 0}
    assert ledger.differences(uow) == []


def test_a_refund_after_delivery_takes_back_what_was_earned(uow: Uow) -> None:
    pay(uow, "p1", "refunded")
    for movement in (Movement.CAPTURED, Movement.DELIVERED, Movement.OWED, Movement.REFUNDED):
        ledger.book(uow, movement, PRICE, reference="p1")
    assert set(standing(uow).values()) == {0}


@pytest.mark.parametrize(
    ("status", "booked"),
    [
        ("paid", []),
        ("refunded", [Movement.CAPTURED]),
        ("paid", [Movement.CAPTURED, Movement.OWED, Movement.REFUNDED]),
        ("failed", [Movement.CAPTURED]),
    ],
)
def test_a_payment_that_is_booked_otherwise_is_named(uow: Uow, status: str, booked: list[Movement]) -> None:
    pay(uow, "p1", status)
    for movement in booked:
        ledger.book(uow, movement, PRICE, reference="p1")
    assert len(ledger.differences(uow)) == 1


def test_money_that_never_came_cannot_go(uow: Uow) -> None:
    ledger.book(uow, Movement.REFUNDED, PRICE, reference="p1")
    assert ledger.differences(uow) == ["p1 gave more than it had"]


@pytest.mark.parametrize("change", ["UPDATE ledger_entries SET amount = 1", "DELETE FROM ledger_entries"])
def test_an_entry_is_never_changed(uow: Uow, change: str) -> None:
    ledger.book(uow, Movement.CAPTURED, PRICE, reference="p1")
    with pytest.raises(IntegrityError, match="append-only"):
        uow.session.execute(text(change))
