"""Tables of reports, and of what coaches set beside them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, primary_id, word_of
from core.reports.states import RescoreReason, ReviewKind, ReviewStatus
from core.sealing import SealedJson, SealedText, SealedTexts


class InterviewReport(Base):
    """One interview's report. The numbers stand in plain, everything with words in it is sealed."""

    __tablename__ = "interview_reports"
    __table_args__ = (
        CheckConstraint("overall_score BETWEEN 0 AND 100", name="overall_score"),
        CheckConstraint(
            "0 <= interval_low AND interval_low <= interval_high AND interval_high <= 100", name="interval"
        ),
        Index("ix_interview_reports_user_id_generated_at", "user_id", "generated_at"),
    )

    id: Mapped[str] = primary_id()
    session_id: Mapped[str] = mapped_column(ForeignKey("interview_sessions.id", ondelete="CASCADE"), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    overall_score: Mapped[int | None]
    interval_low: Mapped[int | None]
    interval_high: Mapped[int | None]
    score_breakdown: Mapped[dict[str, int | None]] = mapped_column(JSONB)
    """Score by competency, 0-100 or null; the evidence is in `report_json`."""
    strengths_sealed: Mapped[list[str]] = mapped_column("strengths", ARRAY(Text))
    weaknesses_sealed: Mapped[list[str]] = mapped_column("weaknesses", ARRAY(Text))
    recommendations_sealed: Mapped[list[str]] = mapped_column("recommendations", ARRAY(Text))
    report_json_sealed: Mapped[dict[str, Any]] = mapped_column("report_json", JSONB)
    judgement_sealed: Mapped[dict[str, Any] | None] = mapped_column("judgement", JSONB)
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    """Counts up with each re-scoring; what stood before is in `report_revisions`."""
    rescore_asked_at: Mapped[datetime | None]
    """While a re-scoring is on its way."""
    engine: Mapped[str] = mapped_column(String(20))
    model: Mapped[str | None] = mapped_column(String(80))
    rubric_version: Mapped[str] = mapped_column(String(80))
    generated_at: Mapped[datetime]

    strengths = SealedTexts()
    weaknesses = SealedTexts()
    recommendations = SealedTexts()
    report_json = SealedJson[dict[str, Any]]()
    judgement = SealedJson[dict[str, Any] | None]()
    """What the judges said, word for word, with the versions of prompt, model and rubric."""


class ReportRevision(Base):
    """A report as it stood before it was scored again."""

    __tablename__ = "report_revisions"
    __table_args__ = (
        UniqueConstraint("session_id", "revision"),
        CheckConstraint("overall_score BETWEEN 0 AND 100", name="overall_score"),
    )

    id: Mapped[str] = primary_id()
    session_id: Mapped[str] = mapped_column(ForeignKey("interview_sessions.id", ondelete="CASCADE"))
    revision: Mapped[int]
    reason: Mapped[RescoreReason] = mapped_column(word_of(RescoreReason))
    """Why it was replaced."""
    engine: Mapped[str] = mapped_column(String(20))
    overall_score: Mapped[int | None]
    report_json_sealed: Mapped[dict[str, Any]] = mapped_column("report_json", JSONB)
    judgement_sealed: Mapped[dict[str, Any] | None] = mapped_column("judgement", JSONB)
    replaced_at: Mapped[datetime]

    report_json = SealedJson[dict[str, Any]]()
    judgement = SealedJson[dict[str, Any] | None]()


class ReportReview(Base):
    """A person looks at a report: because its learner asks for it, or as one of the week's sample.

    `ratings` are whole numbers alone, `[{order, human, model}]`, one for each question that was rated; those of a
    sample were given without the model's being shown.
    """

    __tablename__ = "report_reviews"
    __table_args__ = (
        UniqueConstraint("session_id", "kind"),
        Index("ix_report_reviews_status_id", "status", "id"),
        Index("ix_report_reviews_user_id", "user_id"),
    )

    id: Mapped[str] = primary_id()
    session_id: Mapped[str] = mapped_column(ForeignKey("interview_sessions.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """Whose report it is."""
    kind: Mapped[ReviewKind] = mapped_column(word_of(ReviewKind))
    status: Mapped[ReviewStatus] = mapped_column(word_of(ReviewStatus))
    asked_at: Mapped[datetime]
    note_sealed: Mapped[str | None] = mapped_column("note", Text)
    reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    reviewer_name: Mapped[str | None] = mapped_column(String(120))
    reviewed_at: Mapped[datetime | None]
    ratings: Mapped[list[dict[str, int | None]] | None] = mapped_column(JSONB)
    remark_sealed: Mapped[str | None] = mapped_column("remark", Text)

    note = SealedText[str | None]()
    """The learner's words: what they think is wrong."""
    remark = SealedText[str | None]()
    """The reviewer's words, for the learner to read."""


class ReportLink(Base):
    """A link that opens one report to whoever holds it, until it ends. Only its hash is kept."""

    __tablename__ = "report_links"
    __table_args__ = (Index("ix_report_links_session_id", "session_id"),)

    id: Mapped[str] = primary_id()
    session_id: Mapped[str] = mapped_column(ForeignKey("interview_sessions.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class PracticeItem(Base):
    """A question whose answer lacked something, with the day on which it is due again."""

    __tablename__ = "practice_items"
    __table_args__ = (
        UniqueConstraint("session_id", "question_order"),
        CheckConstraint("interval_days >= 1", name="interval_days"),
        CheckConstraint("last_score BETWEEN 0 AND 100", name="last_score"),
        Index("ix_practice_items_user_id_due_at", "user_id", "due_at"),
    )

    id: Mapped[str] = primary_id()
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    session_id: Mapped[str] = mapped_column(ForeignKey("interview_sessions.id", ondelete="CASCADE"))
    question_order: Mapped[int]
    competency: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime]
    interval_days: Mapped[int]
    repetitions: Mapped[int] = mapped_column(default=0)
    last_score: Mapped[int | None]


class ScoreOverride(Base):
    """A coach's own judgement of one answer, beside the model's. The newest is shown."""

    __tablename__ = "score_overrides"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        CheckConstraint("question_order >= 1", name="question_order"),
        Index("ix_score_overrides_session_id", "session_id", "id"),
    )

    id: Mapped[str] = primary_id()
    session_id: Mapped[str] = mapped_column(ForeignKey("interview_sessions.id", ondelete="CASCADE"))
    question_order: Mapped[int]
    coach_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    coach_name: Mapped[str] = mapped_column(String(120))
    score: Mapped[int]
    model_score: Mapped[int | None]
    reason_sealed: Mapped[str] = mapped_column("reason", Text)
    created_at: Mapped[datetime]

    reason = SealedText[str]()


class AnswerRetry(Base):
    """A question of a report answered again, with what the answer earned."""

    __tablename__ = "answer_retries"
    __table_args__ = (
        CheckConstraint("score_before BETWEEN 0 AND 100", name="score_before"),
        CheckConstraint("score_after BETWEEN 0 AND 100", name="score_after"),
        Index("ix_answer_retries_session_id", "session_id", "id"),
    )

    id: Mapped[str] = primary_id()
    session_id: Mapped[str] = mapped_column(ForeignKey("interview_sessions.id", ondelete="CASCADE"))
    question_order: Mapped[int]
    score_before: Mapped[int | None]
    score_after: Mapped[int | None]
    engine: Mapped[str] = mapped_column(String(20))
    answer_sealed: Mapped[str] = mapped_column("answer", Text)
    feedback_sealed: Mapped[str] = mapped_column("feedback", Text)
    created_at: Mapped[datetime]

    answer = SealedText[str]()
    feedback = SealedText[str]()
