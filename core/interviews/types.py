"""States and values of an interview."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from core.interviews.catalogue import Difficulty, InterviewType, Mode
from core.interviews.questions import Frozen, Question
from core.money import Money


class SessionStatus(StrEnum):
    AWAITING_PAYMENT = "awaiting_payment"
    READY = "ready"
    IN_PROGRESS = "in_progress"
    PROCESSING = "processing"
    COMPLETED = "completed"
    EXPIRED = "expired"
    FAILED = "failed"
    CANCELLED = "cancelled"


class QuestionsSource(StrEnum):
    GEMINI = "gemini"
    CACHE = "cache"
    QUESTION_BANK = "question_bank"


class Patience(StrEnum):
    """How long the interviewer waits before it takes a pause for the end of an answer."""

    NORMAL = "normal"
    MORE = "more"
    MUCH_MORE = "much_more"


class EndedBy(StrEnum):
    """Why an attempt is over, grouped from what the provider says."""

    FINISHED = "finished"
    CANDIDATE_LEFT = "candidate_left"
    TIME = "time"
    NEVER_CONNECTED = "never_connected"
    OUR_FAULT = "our_fault"


@dataclass(frozen=True)
class SetUp:
    """What a candidate chose, validated by `rules.validate_setup`."""

    type: InterviewType
    difficulty: Difficulty
    focus_areas: tuple[str, ...]
    mode: Mode
    duration_minutes: int
    language: str = "en"
    role: str | None = None
    job_description: str | None = None
    resume_text: str | None = None
    patience: Patience = Patience.NORMAL
    extra_time: int = 0
    """Per cent of the chosen time that come on top of it, at no cost and with no effect on the score."""
    study: bool = False
    """Typed, with hints, critiques and answers given again; it counts in no figure."""


class PriceLine(Frozen):
    label: str
    amount: int


class Pricing(Frozen):
    amount: int
    currency: str
    lines: tuple[PriceLine, ...]

    @property
    def total(self) -> Money:
        return Money(self.amount, self.currency)


class Plan(Frozen):
    """The questions with their rubric, frozen and hashed before anything is asked."""

    questions: tuple[Question, ...] = Field(min_length=1)
    source: QuestionsSource
    model: str | None = None
    prompt_version: str | None = None
    rubric_hash: str


class Segment(Frozen):
    """One turn of the transcript. Times are milliseconds from the start of the call; none for typed turns."""

    id: str
    speaker: Literal["interviewer", "candidate"]
    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    question_order: int | None = None
    confidence: float | None = None
    follow_up: bool = False


@dataclass(frozen=True)
class SetUpDone:
    session_id: str
    status: SessionStatus
    question_count: int
    questions_source: QuestionsSource
    pricing: Pricing


@dataclass(frozen=True)
class AskedQuestion:
    """A question the candidate may see: it has been asked."""

    order: int
    text: str
    is_follow_up: bool
    turn: int
    """Counts the candidate's turns from 0; an answer that names another turn than the open one is a repeat."""


@dataclass(frozen=True)
class Started:
    status: SessionStatus
    mode: Mode
    call_id: str
    seconds_left: int
    web_call_url: str | None = None
    question_marks: tuple[tuple[int, ...], ...] = ()
    """Spoken: for each question of the plan the marks of its words, to know in the browser which one is asked."""
    first_question: AskedQuestion | None = None


@dataclass(frozen=True)
class Answered:
    """What follows an answer: the next question, or none when the interview is done."""

    question: AskedQuestion | None

    @property
    def done(self) -> bool:
        return self.question is None


@dataclass(frozen=True)
class SessionView:
    """A session as its owner sees it: never a key point, and no question before it is asked."""

    session_id: str
    type: InterviewType
    difficulty: Difficulty
    focus_areas: tuple[str, ...]
    mode: Mode
    duration_minutes: int
    """As chosen and paid."""
    allowed_minutes: int
    """With the extra time."""
    language: str
    role: str | None
    status: SessionStatus
    attempt: int
    question_count: int
    questions_source: QuestionsSource
    pricing: Pricing
    call_id: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: int | None
    ended_reason: str | None
    failure: str | None
    report_generated: bool
    overall_score: int | None
    seconds_left: int | None
    """While in progress."""
    asked: tuple[Segment, ...] = ()
    """Typed mode while in progress: what was said so far, in order."""
    question: AskedQuestion | None = None
    """Typed mode while in progress: the open question."""
    report_retryable: bool = False
    may_be_spoken: bool = False
    """Typed now, and paid for as a call: it may go on by voice."""
    study: bool = False


@dataclass(frozen=True)
class HistoryItem:
    session_id: str
    type: InterviewType
    difficulty: Difficulty
    mode: Mode
    status: SessionStatus
    focus_areas: tuple[str, ...]
    created_at: datetime
    ended_at: datetime | None
    duration_seconds: int | None
    overall_score: int | None
    pricing: Pricing
    study: bool = False


@dataclass(frozen=True)
class Material:
    """What a report is written from."""

    plan: Plan
    said: tuple[Segment, ...]
    confidence: float | None
    fillers_kept: bool
    corrected: bool = False


@dataclass(frozen=True)
class QuestionResult:
    """What a report found on one question. `score` is 0-100, None where it was never asked."""

    order: int
    answer: str | None
    score: int | None
    follow_up_asked: bool


@dataclass(frozen=True)
class TranscriptView:
    segments: tuple[Segment, ...]
    confidence: float | None
    corrected: bool
    recording_available: bool
