"""The table of payments. A row outlives its interview and its payer, stripped of both."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, primary_id, word_of
from core.money import Money
from core.payments.types import PaymentStatus


class InterviewPayment(Base):
    __tablename__ = "interview_payments"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("status IN ('created', 'authorized', 'paid', 'refunded', 'failed')", name="status"),
        Index("ix_interview_payments_user_id_id", "user_id", "id"),
        Index("ix_interview_payments_updated_at", "updated_at"),
        Index("ix_interview_payments_refund_due", "refund_due_at", postgresql_where="status = 'paid'"),
        Index(
            "ix_interview_payments_open",
            "status",
            "updated_at",
            postgresql_where="status IN ('created', 'authorized', 'failed')",
        ),
    )

    id: Mapped[str] = primary_id()
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    session_id: Mapped[str | None] = mapped_column(
        ForeignKey("interview_sessions.id", ondelete="SET NULL"), unique=True
    )
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[PaymentStatus] = mapped_column(word_of(PaymentStatus, 20))
    receipt: Mapped[str] = mapped_column(String(40), unique=True)
    """Ours, unique at the provider too: an order is looked up by it before another is made."""
    order_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    transaction_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The provider's id of the payment that was captured."""
    refund_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The provider's id of the refund that returned it."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    refund_due_at: Mapped[datetime | None]
    """Since when it is to be returned: reconciliation sees to it until it is."""
    refunded_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def is_sponsored(self) -> bool:
        """A cohort's credit paid: no provider knows of it, and its own id stands for the provider's."""
        return self.transaction_id == self.id
