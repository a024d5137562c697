"""What stands on each account, and whether books and payments agree.

Both are proven over everything by night; a look adds what came since, so that it costs the same however old the books
are. Before the first proof, everything came since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import structlog
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from core.db import Uow
from core.ids import first_from, new_id
from core.ledger.models import Account, LedgerProof

log = structlog.get_logger(__name__)

Side = Literal["debit", "credit"]
Sums = Mapping[tuple[str, Side, str], int]
"""Amounts in minor units by account, side and currency."""

HELD = (Account.PROVIDER, Account.RECEIVABLE)
"""What is ours to claim; every other account says to whom it belongs."""
COHORTS = "cohorts"
"""Stands among the sums for what cohorts have of credit: it must be what is booked for them."""
NAMED = 100
"""Differences of a kind that are told at once."""
KEPT = 10_000
"""And kept by a proof, to be looked at again."""
SETTLED = timedelta(hours=1)
"""A transaction is over long before, and clocks differ by less: no older entry can still appear."""
LONGEST = timedelta(minutes=10)
MISSED_AFTER = timedelta(days=2)
"""A night without a proof may happen; two may not."""

_PROOF = select(LedgerProof).order_by(LedgerProof.id.desc()).limit(1)
_BY_ACCOUNT = """
    SELECT debit AS account, 'debit' AS side, currency, sum(amount) AS amount FROM ledger_entries
    WHERE {entries} GROUP BY 1, 3
    UNION ALL
    SELECT credit, 'credit', currency, sum(amount) FROM ledger_entries WHERE {entries} GROUP BY 1, 3
    UNION ALL
    SELECT 'cohorts', 'credit', currency, sum(amount) FROM cohort_credits WHERE {credits} GROUP BY 3
"""
"""One statement, so that credit and what is booked for it are seen as of one moment."""
_SUMS_SINCE = text(
    _BY_ACCOUNT.format(
        entries="id >= :entry AND id < :entry_end",
        credits="id >= :credit AND id < :credit_end",
    )
)
_SUMS_BEFORE = text(
    _BY_ACCOUNT.format(
        entries="(id < :entry OR id >= :entry_end)",
        credits="(id < :credit OR id >= :credit_end)",
    )
)
_UNBOOKED = text("""
    WITH touched AS (
        SELECT id FROM interview_payments WHERE updated_at >= :since
        UNION
        SELECT p.id FROM ledger_entries e JOIN interview_payments p ON p.transaction_id = e.reference
        WHERE e.id >= :entry AND e.id < :entry_end
        UNION
        SELECT unnest(CAST(:suspects AS text[]))
    )
    SELECT p.id, p.status, p.amount,
           coalesce(sum(e.amount) FILTER (WHERE e.movement IN ('captured', 'sponsored')), 0) AS captured,
           coalesce(sum(e.amount) FILTER (WHERE e.movement IN ('refunded', 'returned')), 0) AS refunded
    FROM touched JOIN interview_payments p USING (id) LEFT JOIN ledger_entries e ON e.reference = p.transaction_id
    WHERE p.transaction_id IS NOT NULL
    GROUP BY p.id
    HAVING coalesce(sum(e.amount) FILTER (WHERE e.movement IN ('captured', 'sponsored')), 0)
           <> CASE WHEN p.status IN ('paid', 'refunded') THEN p.amount ELSE 0 END
        OR coalesce(sum(e.amount) FILTER (WHERE e.movement IN ('refunded', 'returned')), 0)
           <> CASE WHEN p.status = 'refunded' THEN p.amount ELSE 0 END
    ORDER BY p.id
    LIMIT :named
""")
_OVERDRAWN = text("""
    WITH touched AS (
        SELECT reference FROM ledger_entries WHERE id >= :entry AND id < :entry_end
        UNION
        SELECT unnest(CAST(:suspects AS text[]))
    )
    SELECT reference FROM touched JOIN ledger_entries USING (reference) GROUP BY reference
    HAVING sum(CASE WHEN debit = 'provider' THEN amount WHEN credit = 'provider' THEN -amount ELSE 0 END) < 0
        OR sum(CASE WHEN credit = 'prepaid' THEN amount WHEN debit = 'prepaid' THEN -amount ELSE 0 END) < 0
        OR sum(CASE WHEN credit = 'owed_back' THEN amount WHEN debit = 'owed_back' THEN -amount ELSE 0 END) < 0
    ORDER BY reference
    LIMIT :named
""")
_ENDS = {"entry_end": "led_1", "credit_end": "crd_1"}
"""Ids begin with a 0 until the year 3084. Those of rows that a migration wrote begin with a letter: they are old."""
_EVERYTHING = {"entry": "", "entry_end": "zzz", "credit": "", "credit_end": "zzz"}
_NOTHING = {**_EVERYTHING, "entry": "zzz"}


@dataclass(frozen=True)
class Balance:
    """What stands on an account: for `provider` what it holds, for the others what we owe or have earned."""

    account: Account
    currency: str
    amount: int


@dataclass(frozen=True)
class Differences:
    found: tuple[str, ...]
    """In words; empty when the ledger adds up."""
    proven_long_ago: datetime | None
    """When everything was last proven, where that is nights ago: what was changed since in old payments is not seen."""


def sums(session: Session) -> Sums:
    """What was debited from and credited to every account, and the credit of cohorts."""
    return _sums(session, _proof(session))


def _proof(session: Session) -> LedgerProof | None:
    return session.scalars(_PROOF).one_or_none()


def _sums(session: Session, proof: LedgerProof | None) -> Sums:
    found: dict[tuple[str, Side, str], int] = {}
    for one in proof.sums if proof else ():
        found[one["account"], one["side"], one["currency"]] = one["amount"]
    since = {"entry": proof.before_entry, "credit": proof.before_credit, **_ENDS} if proof else _EVERYTHING
    for account, side, currency, amount in session.execute(_SUMS_SINCE, since):
        found[account, side, currency] = found.get((account, side, currency), 0) + int(amount)
    return found


def balances(uow: Uow) -> list[Balance]:
    """Every account by currency, none left out that was ever moved."""
    return _balances(sums(uow.session))


def _balances(found: Sums) -> list[Balance]:
    amounts: dict[tuple[Account, str], int] = {}
    for (name, side, currency), amount in found.items():
        if name == COHORTS:
            continue
        account = Account(name)
        sign = 1 if (side == "debit") == (account in HELD) else -1
        amounts[account, currency] = amounts.get((account, currency), 0) + sign * amount
    return [Balance(account, currency, amount) for (account, currency), amount in sorted(amounts.items())]


def differences(uow: Uow) -> Differences:
    """Where books and payments disagree."""
    proof = _proof(uow.session)
    if proof is None:
        unbooked, overdrawn = _all_unbooked(uow, NAMED), _all_overdrawn(uow, NAMED)
    else:
        since = {**_ENDS, "entry": proof.before_entry, "named": NAMED}
        changed = {"since": proof.at - SETTLED, "suspects": proof.payments}
        unbooked = uow.session.execute(_UNBOOKED, {**since, **changed}).all()
        overdrawn = uow.session.scalars(_OVERDRAWN, {**since, "suspects": proof.references}).all()
    found = (
        *(
            f"{row.id} is {row.status} over {row.amount}, booked {row.captured} in and {row.refunded} out"
            for row in unbooked
        ),
        *(f"{reference} gave more than it had" for reference in overdrawn),
        *_imbalances(_sums(uow.session, proof)),
    )
    return Differences(found, proof.at if proof and uow.now - proof.at > MISSED_AFTER else None)


def _imbalances(found: Sums) -> list[str]:
    held: dict[str, int] = {}
    booked: dict[str, int] = {}
    for balance in _balances(found):
        sign = 1 if balance.account in HELD else -1
        held[balance.currency] = held.get(balance.currency, 0) + sign * balance.amount
        if balance.account is Account.SPONSORS:
            booked[balance.currency] = balance.amount
    kept = {currency: amount for (name, _, currency), amount in found.items() if name == COHORTS}
    return [
        *(f"{currency}: {amount} held by nobody" for currency, amount in held.items() if amount),
        *(
            f"{currency}: cohorts have {kept.get(currency, 0)} of credit, booked {booked.get(currency, 0)}"
            for currency in sorted({*booked, *kept})
            if kept.get(currency, 0) != booked.get(currency, 0)
        ),
    ]


def prove(uow: Uow, *, settled: timedelta = SETTLED) -> LedgerProof:
    """Reckon everything anew, from the first entry on, and keep what came out in place of the former proof. Takes
    minutes in old books.

    What does not add up is logged as an error, and looked at again at every look until it does.
    """
    uow.allow(LONGEST)
    moment = uow.session.execute(select(func.clock_timestamp())).scalar_one() - settled  # whatever the clock here says
    since = {"entry": first_from(moment, "led"), "credit": first_from(moment, "crd")}
    proof = LedgerProof(
        id=new_id("prf"),
        at=uow.now,
        before_entry=since["entry"],
        before_credit=since["credit"],
        sums=[
            {"account": account, "side": side, "currency": currency, "amount": int(amount)}
            for account, side, currency, amount in uow.session.execute(_SUMS_BEFORE, {**_ENDS, **since})
        ],
        payments=[row.id for row in _all_unbooked(uow, KEPT)],
        references=list(_all_overdrawn(uow, KEPT)),
    )
    uow.session.execute(delete(LedgerProof))
    uow.session.add(proof)
    uow.session.flush()
    imbalances = _imbalances(_sums(uow.session, proof))
    if proof.payments or proof.references or imbalances:
        log.error(
            "the ledger does not add up",
            payments=proof.payments[:NAMED],
            references=proof.references[:NAMED],
            imbalances=imbalances,
        )
    return proof


def _all_unbooked(uow: Uow, named: int) -> Sequence[Any]:
    since = datetime.min.replace(tzinfo=UTC)
    everything = {**_NOTHING, "since": since, "suspects": [], "named": named}
    return uow.session.execute(_UNBOOKED, everything).all()


def _all_overdrawn(uow: Uow, named: int) -> Sequence[str]:
    return uow.session.scalars(_OVERDRAWN, {**_EVERYTHING, "suspects": [], "named": named}).all()
