"""Cohorts, who coaches and who belongs to them, and the roll-ups their figures are read from.

A row of `cohort_facts` is one interview that counts in one cohort. Triggers carry every insert, change and deletion of
such a row, by whatever cascade, into the roll-ups, in the same transaction.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, primary_id, word_of
from core.interviews.catalogue import Difficulty, InterviewType
from core.sealing import SealedText

COHORT = "cohorts.id"
ALL_DAYS = date.min


class Cohort(Base):
    __tablename__ = "cohorts"

    id: Mapped[str] = primary_id()
    name: Mapped[str] = mapped_column(String(120))
    feedback_only: Mapped[bool] = mapped_column(default=False)
    """The institution's choice: coaches see aggregates, never one learner's figures."""
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    sponsored_each: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many interviews of one member the cohort's credit pays for; 0 pays for none."""


class CohortCoach(Base):
    __tablename__ = "cohort_coaches"
    __table_args__ = (Index("ix_cohort_coaches_user_id", "user_id", "cohort_id"),)

    cohort_id: Mapped[str] = mapped_column(ForeignKey(COHORT, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    added_at: Mapped[datetime]


class CohortMember(Base):
    """A learner who agreed to belong, with what they agreed to show."""

    __tablename__ = "cohort_members"
    __table_args__ = (Index("ix_cohort_members_user_id", "user_id", "cohort_id"),)

    cohort_id: Mapped[str] = mapped_column(ForeignKey(COHORT, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    share_scores: Mapped[bool]
    share_reports: Mapped[bool]
    share_audio: Mapped[bool]
    joined_at: Mapped[datetime]


class CohortInvitation(Base):
    """A link that whoever holds it may join by, until it ends. Only its hash is kept."""

    __tablename__ = "cohort_invitations"
    __table_args__ = (Index("ix_cohort_invitations_cohort_id", "cohort_id"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey(COHORT, ondelete="CASCADE"))
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class CohortFact(Base):
    """One shared, scored interview in one cohort. Numbers and names of questions only, no words."""

    __tablename__ = "cohort_facts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cohort_id", "user_id"],
            ["cohort_members.cohort_id", "cohort_members.user_id"],
            ondelete="CASCADE",
            name="fk_cohort_facts_member",
        ),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        CheckConstraint("skipped BETWEEN 0 AND 1", name="skipped"),
        Index("ix_cohort_facts_session_id", "session_id"),
        Index("ix_cohort_facts_learner", "cohort_id", "user_id", "at"),
        Index("ix_cohort_facts_at", "cohort_id", "at", "session_id"),
        Index("ix_cohort_facts_comparable", "cohort_id", "user_id", "type", "difficulty", "at"),
    )

    cohort_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("interview_sessions.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    day: Mapped[date] = mapped_column(Date)
    """In UTC."""
    type: Mapped[str] = mapped_column(String(20))
    difficulty: Mapped[str] = mapped_column(String(10))
    score: Mapped[int]
    low: Mapped[int]
    high: Mapped[int]
    skipped: Mapped[float]
    """Share of the asked questions that were left without an answer."""
    competencies: Mapped[dict[str, int]] = mapped_column(JSONB)
    questions: Mapped[list[list[Any]]] = mapped_column(JSONB)
    """[source id, score, mean score of the others in hundredths or null] for each that was asked."""


class ByDayAndKind:
    """The key of sums over a cohort's interviews of one day, type and difficulty; `ALL_DAYS` stands for all days
    together."""

    # The key begins with them: by cohort and day is how sums are read.
    cohort_id: Mapped[str] = mapped_column(ForeignKey(COHORT, ondelete="CASCADE"), primary_key=True, sort_order=-1)
    day: Mapped[date] = mapped_column(Date, primary_key=True, sort_order=-1)
    type: Mapped[str] = mapped_column(String(20), primary_key=True, sort_order=-1)
    difficulty: Mapped[str] = mapped_column(String(10), primary_key=True, sort_order=-1)


class CohortDay(ByDayAndKind, Base):
    """Scores of a cohort on one day, by type and difficulty."""

    __tablename__ = "cohort_days"

    interviews: Mapped[int]
    score_sum: Mapped[int] = mapped_column(BigInteger)
    square_sum: Mapped[int] = mapped_column(BigInteger)
    histogram: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """101 counts: how often each score was given."""


class CohortCompetency(ByDayAndKind, Base):
    """Scores of one learner in one competency, by day, type and difficulty."""

    __tablename__ = "cohort_competencies"

    user_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    competency: Mapped[str] = mapped_column(String(40), primary_key=True)
    n: Mapped[int]
    score_sum: Mapped[int] = mapped_column(BigInteger)


class CohortDayCompetency(ByDayAndKind, Base):
    """`CohortCompetency` over all learners. A trigger on that table keeps it."""

    __tablename__ = "cohort_day_competencies"

    competency: Mapped[str] = mapped_column(String(40), primary_key=True)
    n: Mapped[int]
    score_sum: Mapped[int] = mapped_column(BigInteger)


class CohortLearner(Base):
    """One learner's figures in one cohort."""

    __tablename__ = "cohort_learners"

    cohort_id: Mapped[str] = mapped_column(ForeignKey(COHORT, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    interviews: Mapped[int]
    score_sum: Mapped[int] = mapped_column(BigInteger)


class CohortQuestion(Base):
    """How one question did in one cohort: sums from which difficulty and discrimination follow exactly."""

    __tablename__ = "cohort_questions"

    cohort_id: Mapped[str] = mapped_column(ForeignKey(COHORT, ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    n: Mapped[int]
    score_sum: Mapped[int] = mapped_column(BigInteger)
    paired: Mapped[int]
    """Answers in interviews with other scored questions. The sums below are over these: x the score, y the mean of the
    others in hundredths."""
    x: Mapped[int] = mapped_column(BigInteger)
    xx: Mapped[int] = mapped_column(BigInteger)
    y: Mapped[int] = mapped_column(BigInteger)
    yy: Mapped[int] = mapped_column(BigInteger)
    xy: Mapped[int] = mapped_column(BigInteger)


class CohortNote(Base):
    """What coaches write down about a learner. Coaches of the cohort read it, and the learner in their export."""

    __tablename__ = "cohort_notes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cohort_id", "user_id"],
            ["cohort_members.cohort_id", "cohort_members.user_id"],
            ondelete="CASCADE",
            name="fk_cohort_notes_member",
        ),
        Index("ix_cohort_notes_member", "cohort_id", "user_id", "id"),
        Index("ix_cohort_notes_user_id", "user_id"),
    )

    id: Mapped[str] = primary_id()
    cohort_id: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[str] = mapped_column(String(40))
    coach_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    coach_name: Mapped[str] = mapped_column(String(120))
    body_sealed: Mapped[str] = mapped_column("body", Text)
    created_at: Mapped[datetime]

    body = SealedText[str]()


class CohortComment(Base):
    """A coach's words pinned to one moment of a learner's transcript; the learner reads them in the report."""

    __tablename__ = "cohort_comments"
    __table_args__ = (Index("ix_cohort_comments_session_id", "session_id", "id"),)

    id: Mapped[str] = primary_id()
    session_id: Mapped[str] = mapped_column(ForeignKey("interview_sessions.id", ondelete="CASCADE"))
    cohort_id: Mapped[str | None] = mapped_column(ForeignKey(COHORT, ondelete="SET NULL"))
    coach_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    coach_name: Mapped[str] = mapped_column(String(120))
    segment_id: Mapped[str] = mapped_column(String(80))
    """The turn it is pinned to."""
    at_ms: Mapped[int | None]
    """Milliseconds from the start of the call, None where the interview was typed."""
    body_sealed: Mapped[str] = mapped_column("body", Text)
    created_at: Mapped[datetime]

    body = SealedText[str]()


class CohortAssignment(Base):
    """Practice that a cohort's members are asked for. Who has done it follows from their interviews."""

    __tablename__ = "cohort_assignments"
    __table_args__ = (
        CheckConstraint("attempts BETWEEN 1 AND 20", name="attempts"),
        Index("ix_cohort_assignments_cohort_id", "cohort_id", "id"),
    )

    id: Mapped[str] = primary_id()
    cohort_id: Mapped[str] = mapped_column(ForeignKey(COHORT, ondelete="CASCADE"))
    type: Mapped[InterviewType] = mapped_column(word_of(InterviewType))
    difficulty: Mapped[Difficulty | None] = mapped_column(word_of(Difficulty, 10))
    focus: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    """Any of these areas will do; none stands for all."""
    attempts: Mapped[int]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class CohortCredit(Base):
    """A movement of a cohort's credit: granted (+), spent on a member's interview (-), returned (+).

    Rows outlive cohort and interview, stripped of both: the ledger is held against their sum.
    """

    __tablename__ = "cohort_credits"
    __table_args__ = (
        UniqueConstraint("payment_id", "reason"),
        CheckConstraint("reason IN ('granted', 'spent', 'returned')", name="reason"),
        CheckConstraint("(reason = 'spent') = (amount < 0) AND amount <> 0", name="amount"),
        Index("ix_cohort_credits_cohort_id", "cohort_id", "id"),
    )

    id: Mapped[str] = primary_id()
    cohort_id: Mapped[str | None] = mapped_column(ForeignKey(COHORT, ondelete="SET NULL"))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """The member whose interview it paid for."""
    payment_id: Mapped[str] = mapped_column(String(40))
    """The payment it stands for; of a grant its own id."""
    reason: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime]
