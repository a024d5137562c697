"""Figures that are kept up with every report, so that reading them costs one row."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, primary_id


class InterviewStatistics(Base):
    __tablename__ = "interview_statistics"
    __table_args__ = (
        CheckConstraint("total_interviews >= 0 AND total_spent >= 0", name="counts"),
        CheckConstraint("scored_interviews BETWEEN 0 AND total_interviews", name="scored_interviews"),
        CheckConstraint("average_score BETWEEN 0 AND 100", name="average_score"),
    )

    id: Mapped[str] = primary_id()
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    total_interviews: Mapped[int] = mapped_column(default=0)
    total_spent: Mapped[int] = mapped_column(default=0)
    """Minor units, refunds taken off."""
    scored_interviews: Mapped[int] = mapped_column(default=0)
    score_sum: Mapped[int] = mapped_column(default=0)
    average_score: Mapped[float | None]
    """Mean over the interviews that have a score; none where there is none."""
    last_interview_at: Mapped[datetime | None]
