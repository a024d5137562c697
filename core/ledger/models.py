"""The ledger: every movement of a customer's money, written once and never changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, primary_id, word_of


class Account(StrEnum):
    PROVIDER = "provider"
    """What the payment provider holds for us."""
    PREPAID = "prepaid"
    """What customers paid for interviews that are not delivered yet."""
    EARNED = "earned"
    """What was paid for interviews whose report stands."""
    OWED_BACK = "owed_back"
    """What is on its way back to customers."""
    RECEIVABLE = "receivable"
    """What institutions are invoiced for credit of theirs."""
    SPONSORS = "sponsors"
    """Credit of cohorts that is not spent."""


class Movement(StrEnum):
    CAPTURED = "captured"
    STRAY = "stray"
    """Captured, but of no open order: it is owed back at once."""
    DELIVERED = "delivered"
    OWED = "owed"
    REFUNDED = "refunded"
    GRANTED = "granted"
    """An institution's credit, against an invoice."""
    SPONSORED = "sponsored"
    """A cohort's credit paid for an interview."""
    RETURNED = "returned"
    """What a cohort paid went back to its credit."""


class LedgerEntry(Base):
    """One amount from one account to another: debits equal credits by the form of the row.

    `reference` is the provider's id of the payment; each of its movements happens at most once. It names no person.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("reference", "movement"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("debit <> credit", name="sides"),
        CheckConstraint(
            "movement IN ('captured', 'stray', 'delivered', 'owed', 'refunded', 'granted', 'sponsored', 'returned')",
            name="movement",
        ),
        CheckConstraint(
            "debit IN ('provider', 'prepaid', 'earned', 'owed_back', 'receivable', 'sponsors')", name="debit"
        ),
        CheckConstraint(
            "credit IN ('provider', 'prepaid', 'earned', 'owed_back', 'receivable', 'sponsors')", name="credit"
        ),
        Index("ix_ledger_entries_debit", "debit", "currency", postgresql_include=["amount"]),
        Index("ix_ledger_entries_credit", "credit", "currency", postgresql_include=["amount"]),
    )

    id: Mapped[str] = primary_id()
    at: Mapped[datetime]
    movement: Mapped[Movement] = mapped_column(word_of(Movement, 10))
    reference: Mapped[str] = mapped_column(String(64))
    debit: Mapped[Account] = mapped_column(word_of(Account, 10))
    credit: Mapped[Account] = mapped_column(word_of(Account, 10))
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))


class LedgerProof(Base):
    """All books held against all payments once, so that a look has to hold only what came later.

    `sums` has every account's sum by side and currency over the entries before `before_entry` (`cohorts` stands for
    the credit of cohorts, before `before_credit`); `payments` and `references` name what did not add up.
    """

    __tablename__ = "ledger_proofs"

    id: Mapped[str] = primary_id()
    at: Mapped[datetime]
    before_entry: Mapped[str] = mapped_column(String(40))
    before_credit: Mapped[str] = mapped_column(String(40))
    sums: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    payments: Mapped[list[str]] = mapped_column(JSONB)
    references: Mapped[list[str]] = mapped_column(JSONB)
