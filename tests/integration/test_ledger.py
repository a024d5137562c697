"""The ledger: what is booked stays, what does not add up is found."""

import dataclasses
import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.exc import IntegrityError

from bench.books import write_books
from core.db import Uow
from core.ids import new_id
from core.ledger import proving
from core.ledger import service as ledger
from core.ledger.models import Account, Movement
from core.money import Money
from core.wiring import Greenroom

PRICE = Money(19500)


@pytest.fixture
def uow(greenroom: Greenroom) -> Iterator[Uow]:
    """One transaction over an empty ledger, rolled back."""
    with greenroom.uow() as uow:
        uow.session.execute(text("TRUNCATE ledger_entries, ledger_proofs, interview_payments, cohort_credits CASCADE"))
        yield uow
        uow.session.rollback()


def standing(uow: Uow) -> dict[Account, int]:
    return {balance.account: balance.amount for balance in proving.balances(uow)}


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
    assert proving.differences(uow).found == ()


def test_what_is_booked_twice_moves_once(uow: Uow) -> None:
    pay(uow, "p1", "refunded")
    for _ in range(3):
        for movement in (Movement.CAPTURED, Movement.OWED, Movement.REFUNDED):
            ledger.book(uow, movement, PRICE, reference="p1")
    assert standing(uow) == {Account.PROVIDER: 0, Account.PREPAID: 0, Account.OWED_BACK: 0}
    assert proving.differences(uow).found == ()


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
    assert len(proving.differences(uow).found) == 1


def test_money_that_never_came_cannot_go(uow: Uow) -> None:
    ledger.book(uow, Movement.REFUNDED, PRICE, reference="p1")
    assert proving.differences(uow).found == ("p1 gave more than it had",)


AT_ONCE = timedelta()


def looks(uow: Uow) -> tuple[list[proving.Balance], tuple[str, ...]]:
    return proving.balances(uow), proving.differences(uow).found


def test_a_look_after_proofs_says_what_reckoning_everything_says(uow: Uow) -> None:
    """Seeded: payments in every state, booked rightly and wrongly, with a proof before any step."""
    dice = random.Random(27)
    movements = [Movement.CAPTURED, Movement.DELIVERED, Movement.OWED, Movement.REFUNDED]
    for number in range(40):
        pay(uow, f"p{number}", dice.choice(["paid", "refunded", "failed"]))
        for movement in movements[: dice.randrange(5)]:
            ledger.book(uow, movement, PRICE, reference=f"p{dice.randrange(number + 1)}")
        if dice.random() < 0.3:
            proving.prove(uow, settled=AT_ONCE)
    since_proof = looks(uow)
    uow.session.execute(text("TRUNCATE ledger_proofs"))
    from_the_first_on = looks(uow)
    assert since_proof == from_the_first_on
    assert from_the_first_on[1]


def test_what_a_proof_found_is_told_until_it_is_mended(uow: Uow) -> None:
    pay(uow, "p1", "paid")
    uow.session.execute(text("UPDATE interview_payments SET updated_at = now() - interval '3 days'"))
    proving.prove(uow, settled=AT_ONCE)
    assert len(proving.differences(uow).found) == 1
    ledger.book(uow, Movement.CAPTURED, PRICE, reference="p1")
    assert proving.differences(uow).found == ()


def test_what_changes_after_a_proof_is_looked_at(uow: Uow) -> None:
    pay(uow, "p1", "paid")
    ledger.book(uow, Movement.CAPTURED, PRICE, reference="p1")
    proving.prove(uow, settled=AT_ONCE)
    assert proving.differences(uow).found == ()
    uow.session.execute(text("UPDATE interview_payments SET status = 'refunded', updated_at = now()"))
    assert len(proving.differences(uow).found) == 1


def test_an_entry_that_is_not_settled_is_not_counted_twice(uow: Uow) -> None:
    ledger.book(uow, Movement.CAPTURED, PRICE, reference="p1")
    proving.prove(uow)
    assert standing(uow) == {Account.PROVIDER: 19500, Account.PREPAID: 19500}


def test_an_entry_whose_id_is_of_another_form_is_old(uow: Uow) -> None:
    ledger.book(uow, Movement.CAPTURED, PRICE, reference="p1")
    uow.session.execute(
        text("INSERT INTO ledger_entries SELECT 'led_c_01', at, movement, 'p2', debit, credit, amount, currency "
             "FROM ledger_entries")
    )  # fmt: skip
    before = looks(uow)
    for settled in (AT_ONCE, timedelta(hours=1)):
        proof = proving.prove(uow, settled=settled)
        assert looks(uow) == before
    assert {one["amount"] for one in proof.sums} == {PRICE.amount}


def test_a_proof_takes_the_place_of_the_former_and_is_missed_after_two_nights(uow: Uow) -> None:
    assert proving.differences(uow).proven_long_ago is None
    for _ in range(2):
        proof = proving.prove(uow)
    assert uow.session.execute(text("SELECT id FROM ledger_proofs")).all() == [(proof.id,)]
    assert proving.differences(uow).proven_long_ago is None
    later = dataclasses.replace(uow, now=uow.now + timedelta(days=3))
    assert proving.differences(later).proven_long_ago == proof.at


@pytest.mark.parametrize(
    "query", [proving._SUMS_SINCE, proving._UNBOOKED, proving._OVERDRAWN], ids=["sums", "unbooked", "overdrawn"]
)
def test_a_look_does_not_read_the_books_from_the_first_on(uow: Uow, query: TextClause) -> None:
    write_books(uow.session.connection(), payments=20_000)
    uow.session.execute(text("ANALYZE ledger_entries, interview_payments"))
    proof = proving.prove(uow, settled=AT_ONCE)
    bounds = {**proving._ENDS, "entry": proof.before_entry, "credit": proof.before_credit, "since": proof.at,
              "suspects": [], "named": 100}  # fmt: skip
    plan = "\n".join(uow.session.scalars(text(f"EXPLAIN {query.text}"), bounds))
    assert "Seq Scan on ledger_entries" not in plan, plan
    assert "Seq Scan on interview_payments" not in plan, plan
    assert standing(uow)[Account.EARNED] == 19500 * 20_000


@pytest.mark.parametrize("change", ["UPDATE ledger_entries SET amount = 1", "DELETE FROM ledger_entries"])
def test_an_entry_is_never_changed(uow: Uow, change: str) -> None:
    ledger.book(uow, Movement.CAPTURED, PRICE, reference="p1")
    with pytest.raises(IntegrityError, match="append-only"):
        uow.session.execute(text(change))
