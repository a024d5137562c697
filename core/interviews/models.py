"""Tables of interviews, their questions, calls and transcripts."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, false
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, primary_id, word_of
from core.interviews.catalogue import Difficulty, InterviewType, Mode
from core.interviews.types import Patience, QuestionsSource, SessionStatus
from core.sealing import SealedJson, SealedText, SealedTexts


def _one_of(column: str, values: type) -> str:
    return f"{column} IN ({', '.join(repr(str(v)) for v in values)})"  # type: ignore[attr-defined]  # an enum iterates


class InterviewSession(Base):
    __tablename__ = "interview_sessions"
    __table_args__ = (
        CheckConstraint(_one_of("type", InterviewType), name="type"),
        CheckConstraint(_one_of("difficulty", Difficulty), name="difficulty"),
        CheckConstraint(_one_of("mode", Mode), name="mode"),
        CheckConstraint(_one_of("status", SessionStatus), name="status"),
        CheckConstraint("price_amount >= 0", name="price_amount"),
        CheckConstraint("duration_seconds >= 0", name="duration_seconds"),
        CheckConstraint("attempt >= 1", name="attempt"),
        Index("ix_interview_sessions_user_id_id", "user_id", "id"),
        Index("ix_interview_sessions_user_id_type_id", "user_id", "type", "id"),
        Index("ix_interview_sessions_user_id_status_id", "user_id", "status", "id"),
        Index(
            "ix_interview_sessions_open",
            "status",
            "updated_at",
            postgresql_where="status IN ('awaiting_payment', 'ready', 'in_progress', 'processing')",
        ),
        Index("ix_interview_sessions_completed", "ended_at", postgresql_where="status = 'completed'"),
    )

    id: Mapped[str] = primary_id()
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    type: Mapped[InterviewType] = mapped_column(word_of(InterviewType, 20))
    difficulty: Mapped[Difficulty] = mapped_column(word_of(Difficulty, 10))
    mode: Mapped[Mode] = mapped_column(word_of(Mode, 10))
    status: Mapped[SessionStatus] = mapped_column(word_of(SessionStatus, 20))
    study: Mapped[bool] = mapped_column(default=False, server_default=false())
    """With hints, critiques and answers given again: it stands in no trend and in no cohort's figures."""
    attempt: Mapped[int] = mapped_column(default=1)
    vapi_call_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The current attempt's call; calls of earlier attempts are in `interview_calls`."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    starting_until: Mapped[datetime | None]
    """While a call is being made: a second start waits for it instead of making another."""
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    used_seconds: Mapped[int] = mapped_column(default=0)
    """Seconds of the chosen time that earlier attempts took."""
    duration_seconds: Mapped[int | None]
    ended_reason: Mapped[str | None] = mapped_column(String(120))
    failure: Mapped[str | None] = mapped_column(String(200))
    configuration_sealed: Mapped[dict[str, Any]] = mapped_column("configuration", JSONB)
    questions_generated_sealed: Mapped[dict[str, Any]] = mapped_column("questions_generated", JSONB)
    questions_source: Mapped[QuestionsSource] = mapped_column(word_of(QuestionsSource, 20))
    question_count: Mapped[int]
    rubric_hash: Mapped[str] = mapped_column(String(64))
    report_generated: Mapped[bool] = mapped_column(default=False)
    cost_calculated: Mapped[float | None] = mapped_column(Numeric(12, 6))
    """What the providers charged for it, in US dollars."""
    price_amount: Mapped[int]
    price_currency: Mapped[str] = mapped_column(String(3))
    price_lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)

    configuration = SealedJson[dict[str, Any]]()
    questions_generated = SealedJson[dict[str, Any]]()


class InterviewCall(Base):
    """One attempt's call with the voice provider. Events of a call that is not the current one change nothing."""

    __tablename__ = "interview_calls"
    __table_args__ = (UniqueConstraint("session_id", "attempt"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The provider's id of the call."""
    session_id: Mapped[str] = mapped_column(ForeignKey("interview_sessions.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    web_call_url: Mapped[str] = mapped_column(Text)
    control_url: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    consented_at: Mapped[datetime | None]
    """When the candidate agreed to be recorded: no call is made without."""
    connected_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    """When its transcript was taken over: a second report changes nothing."""
    ended_reason: Mapped[str | None] = mapped_column(String(120))
    cost: Mapped[float | None] = mapped_column(Numeric(12, 6))
    words_at: Mapped[int | None]
    """Set when the call was left for typing: before which segment of the transcript its words belong."""
    asked_at: Mapped[datetime | None]
    """When reconciliation last asked the provider about it: each call has its turn."""


class InterviewQuestion(Base):
    __tablename__ = "interview_questions"
    __table_args__ = (
        UniqueConstraint("session_id", "question_order"),
        CheckConstraint("question_order >= 1", name="question_order"),
        CheckConstraint("difficulty BETWEEN 1 AND 4", name="difficulty"),
        CheckConstraint("response_score BETWEEN 0 AND 100", name="response_score"),
        Index("ix_interview_questions_user_id_id", "user_id", "id"),
    )

    id: Mapped[str] = primary_id()
    session_id: Mapped[str] = mapped_column(ForeignKey("interview_sessions.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    source_id: Mapped[str] = mapped_column(String(80))
    """The question's own id: of the bank, or of one that was generated."""
    question_order: Mapped[int]
    competency: Mapped[str] = mapped_column(String(40))
    question_text_sealed: Mapped[str] = mapped_column("question_text", Text)
    difficulty: Mapped[int]
    expected_key_points_sealed: Mapped[list[str]] = mapped_column("expected_key_points", ARRAY(Text))
    user_response_text_sealed: Mapped[str | None] = mapped_column("user_response_text", Text)
    response_score: Mapped[int | None]
    follow_up_asked: Mapped[bool] = mapped_column(default=False)

    question_text = SealedText[str]()
    expected_key_points = SealedTexts()
    user_response_text = SealedText[str | None]()


class InterviewTranscript(Base):
    __tablename__ = "interview_transcripts"
    __table_args__ = (CheckConstraint("confidence_score BETWEEN 0 AND 1", name="confidence_score"),)

    id: Mapped[str] = primary_id()
    session_id: Mapped[str] = mapped_column(ForeignKey("interview_sessions.id", ondelete="CASCADE"), unique=True)
    raw_transcript_sealed: Mapped[str] = mapped_column("raw_transcript", Text)
    transcript_segments_sealed: Mapped[dict[str, Any]] = mapped_column("transcript_segments", JSONB)
    confidence_score: Mapped[float | None] = mapped_column(Float)
    corrected: Mapped[bool] = mapped_column(default=False)
    fillers_kept: Mapped[bool] = mapped_column(default=False)
    """Whether the transcriber keeps "um" and "uh": without them their rate is not measurable."""
    recording_key: Mapped[str | None] = mapped_column(Text)
    """Where our copy of the recording stands in the object store."""
    updated_at: Mapped[datetime]

    raw_transcript = SealedText[str]()
    transcript_segments = SealedJson[list[dict[str, Any]]]()


class TranscriptCorrection(Base):
    """A turn whose words the learner mended, or answered again in study. What stood there before is kept."""

    __tablename__ = "transcript_corrections"
    __table_args__ = (Index("ix_transcript_corrections_session_id", "session_id", "id"),)

    id: Mapped[str] = primary_id()
    session_id: Mapped[str] = mapped_column(ForeignKey("interview_sessions.id", ondelete="CASCADE"))
    segment_id: Mapped[str] = mapped_column(String(80))
    heard_sealed: Mapped[str] = mapped_column("heard", Text)
    said_sealed: Mapped[str] = mapped_column("said", Text)
    created_at: Mapped[datetime]

    heard = SealedText[str]()
    said = SealedText[str]()


class InterviewPreference(Base):
    """What somebody wants of every interview, and the words of a set-up that was not sent yet."""

    __tablename__ = "interview_preferences"

    id: Mapped[str] = primary_id()
    """The user's id."""
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    patience: Mapped[Patience] = mapped_column(word_of(Patience, 20))
    extra_time: Mapped[int]
    """Per cent."""
    draft_sealed: Mapped[str | None] = mapped_column("draft", Text)
    updated_at: Mapped[datetime]

    draft = SealedText[str | None]()
