"""What an operator sees that would take too long to reckon at each look."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, word_of
from core.interviews.catalogue import InterviewType


class DeliveredDay(Base):
    """What one day (UTC) delivered of one type. There is one for each type, so that the last day says how far they
    reach."""

    __tablename__ = "delivered_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    type: Mapped[InterviewType] = mapped_column(word_of(InterviewType, 20), primary_key=True)
    interviews: Mapped[int]
    earned: Mapped[int] = mapped_column(BigInteger)
    """In minor units."""
    cost: Mapped[Decimal] = mapped_column(Numeric(14, 6))
    """What the providers charged, in US dollars."""
