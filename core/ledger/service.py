"""Booking money."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.db import Uow
from core.ids import new_id
from core.ledger.models import Account, LedgerEntry, Movement
from core.metrics import MONEY
from core.money import Money

SIDES = {
    Movement.CAPTURED: (Account.PROVIDER, Account.PREPAID),
    Movement.STRAY: (Account.PROVIDER, Account.OWED_BACK),
    Movement.DELIVERED: (Account.PREPAID, Account.EARNED),
    Movement.OWED: (Account.PREPAID, Account.OWED_BACK),
    Movement.REFUNDED: (Account.OWED_BACK, Account.PROVIDER),
    Movement.GRANTED: (Account.RECEIVABLE, Account.SPONSORS),
    Movement.SPONSORED: (Account.SPONSORS, Account.PREPAID),
    Movement.RETURNED: (Account.OWED_BACK, Account.SPONSORS),
}
"""Debited, credited."""


def book(uow: Uow, movement: Movement, money: Money, *, reference: str) -> bool:
    """Write one movement of one payment. Returns False where it is booked already; nothing at all moves nothing."""
    if not money.amount:
        return False
    debit, credit = SIDES[movement]
    if movement is Movement.OWED and is_booked(uow, Movement.DELIVERED, reference=reference):
        debit = Account.EARNED
    statement = (
        insert(LedgerEntry)
        .values(
            id=new_id("led"),
            at=uow.now,
            movement=movement,
            reference=reference,
            debit=debit,
            credit=credit,
            amount=money.amount,
            currency=money.currency,
        )
        .on_conflict_do_nothing(index_elements=["reference", "movement"])
        .returning(LedgerEntry.id)
    )
    if uow.session.scalar(statement) is None:
        return False
    uow.after_commit(lambda: MONEY.labels(movement, money.currency).inc(money.amount))
    return True


def is_booked(uow: Uow, movement: Movement, *, reference: str) -> bool:
    """Whether a payment has moved like this."""
    query = select(LedgerEntry.id).where(LedgerEntry.reference == reference, LedgerEntry.movement == movement)
    return uow.session.scalar(query) is not None
