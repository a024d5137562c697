"""Booking money, and proving that the books agree with the payments."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select, text
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
HELD = (Account.PROVIDER, Account.RECEIVABLE)
"""What is ours to claim; every other account says to whom it belongs."""
"""Debited, credited."""

UNBOOKED = text("""
    SELECT p.id, p.status, p.amount,
           coalesce(sum(e.amount) FILTER (WHERE e.movement IN ('captured', 'sponsored')), 0) AS captured,
           coalesce(sum(e.amount) FILTER (WHERE e.movement IN ('refunded', 'returned')), 0) AS refunded
    FROM interview_payments p LEFT JOIN ledger_entries e ON e.reference = p.transaction_id
    WHERE p.transaction_id IS NOT NULL
    GROUP BY p.id
    HAVING coalesce(sum(e.amount) FILTER (WHERE e.movement IN ('captured', 'sponsored')), 0)
           <> CASE WHEN p.status IN ('paid', 'refunded') THEN p.amount ELSE 0 END
        OR coalesce(sum(e.amount) FILTER (WHERE e.movement IN ('refunded', 'returned')), 0)
           <> CASE WHEN p.status = 'refunded' THEN p.amount ELSE 0 END
    ORDER BY p.id
    LIMIT 100
""")
SPONSORED = text("""
    SELECT currency, sum(amount) AS amount FROM cohort_credits GROUP BY currency
""")
OVERDRAWN = text("""
    SELECT reference FROM ledger_entries GROUP BY reference
    HAVING sum(CASE WHEN debit = 'provider' THEN amount WHEN credit = 'provider' THEN -amount ELSE 0 END) < 0
        OR sum(CASE WHEN credit = 'prepaid' THEN amount WHEN debit = 'prepaid' THEN -amount ELSE 0 END) < 0
        OR sum(CASE WHEN credit = 'owed_back' THEN amount WHEN debit = 'owed_back' THEN -amount ELSE 0 END) < 0
    LIMIT 100
""")


@dataclass(frozen=True)
class Balance:
    """What stands on an account: for `provider` what it holds, for the others what we owe or have earned."""

    account: Account
    currency: str
    amount: int


def book(uow: Uow, movement: Movement, money: Money, *, reference: str) -> bool:
    """Write one movement of one payment. Returns False where it is booked already; nothing at all moves nothing."""
    if not money.amount:
        return False
    debit, credit = SIDES[movement]
    if movement is Movement.OWED and _has(uow, reference, Movement.DELIVERED):
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


def _has(uow: Uow, reference: str, movement: Movement) -> bool:
    query = select(LedgerEntry.id).where(LedgerEntry.reference == reference, LedgerEntry.movement == movement)
    return uow.session.scalar(query) is not None


def balances(uow: Uow) -> list[Balance]:
    """Every account by currency, none left out that was ever moved."""
    sums: Counter[tuple[Account, str]] = Counter()
    for side, sign in ((LedgerEntry.debit, 1), (LedgerEntry.credit, -1)):
        query = select(side, LedgerEntry.currency, func.sum(LedgerEntry.amount)).group_by(side, LedgerEntry.currency)
        for account, currency, amount in uow.session.execute(query):
            natural = sign if account in HELD else -sign
            sums[account, currency] += natural * int(amount)
    return [Balance(account, currency, sums[account, currency]) for account, currency in sorted(sums)]


def differences(uow: Uow) -> list[str]:
    """Where books and payments disagree, in words; empty when the ledger adds up."""
    found = [
        f"{row.id} is {row.status} over {row.amount}, booked {row.captured} in and {row.refunded} out"
        for row in uow.session.execute(UNBOOKED)
    ]
    found += [f"{reference} gave more than it had" for reference in uow.session.scalars(OVERDRAWN)]
    held: Counter[str] = Counter()
    for balance in balances(uow):
        held[balance.currency] += balance.amount if balance.account in HELD else -balance.amount
    found += [f"{currency}: {amount} held by nobody" for currency, amount in held.items() if amount]
    unspent = {b.currency: b.amount for b in balances(uow) if b.account is Account.SPONSORS}
    kept = {row.currency: int(row.amount) for row in uow.session.execute(SPONSORED)}
    return found + [
        f"{currency}: cohorts have {kept.get(currency, 0)} of credit, booked {unspent.get(currency, 0)}"
        for currency in sorted({*unspent, *kept})
        if kept.get(currency, 0) != unspent.get(currency, 0)
    ]
