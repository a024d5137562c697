"""The report as API.md gives it. Numbers are 0-100 and whole, or null where there is too little to judge."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Percent = Field(ge=0, le=100)


class Shaped(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Evidence(Shaped):
    """Words of the candidate that code has found in the transcript."""

    quote: str
    question_order: int
    turn_id: str | None = None
    start_ms: int | None = None


class Moment(Shaped):
    """Where something is said: the turn, and milliseconds from the start of the transcript."""

    turn_id: str
    start_ms: int | None


class CompetencyScore(Shaped):
    score: int | None = Percent
    evidence: list[Evidence]
    questions: list[int] = Field(default_factory=list)
    standard_error: float | None = None
    interval: tuple[int, int] | None = None


class PointCovered(Shaped):
    text: str
    covered: bool
    verdict: Literal["covered", "partial", "missing", "contradicted"]
    must_have: bool = False
    weight: int = 1
    quote: str | None = None
    turn_id: str | None = None


class Summand(Shaped):
    """`share` (0 to 1) of what could be had, times `weight`, gives `points` of 100."""

    name: Literal["keyPoints", "levels", "star"]
    share: float
    weight: float
    points: float


class Arithmetic(Shaped):
    """How a question's score comes about: the parts add up to it, unless something essential is missing."""

    parts: list[Summand]
    sum: float
    capped_at: int | None = None


class WholeArithmetic(Shaped):
    """The overall score is `total` of all question scores over the `count` of questions that were asked."""

    total: int
    count: int
    mean: float


class CriterionLevel(Shaped):
    """One criterion's level, 0 to 4, with what was observed and where."""

    criterion: str
    level: int = Field(ge=0, le=4)
    observation: str
    quote: str | None = None


class Override(Shaped):
    score: int = Percent
    reason: str
    by: str
    at: datetime


class QuestionReport(Shaped):
    order: int = Field(ge=1)
    text: str
    competency: str
    difficulty: str
    asked: bool
    score: int | None = Percent
    band: str | None = None
    key_points: list[PointCovered]
    criteria: list[CriterionLevel] = Field(default_factory=list)
    answer: str | None
    answer_at: Moment | None = None
    follow_up_asked: bool
    feedback: str
    better_answer: str | None
    evidence: list[Evidence] = Field(default_factory=list)
    second_score: int | None = Field(default=None, ge=0, le=100)
    """What the offline rater makes of the answer, where a model judged."""
    arithmetic: Arithmetic | None = None
    override: Override | None = None


class Finding(Shaped):
    """A strength or a weakness; `evidence` is what it rests on."""

    text: str
    evidence: list[Evidence] = Field(default_factory=list)


class Recommendation(Shaped):
    title: str
    detail: str
    practice: str


class PlanDay(Shaped):
    """One day of the plan: what to do, for how long, and which low criterion or competency it is for."""

    day: int = Field(ge=1, le=7)
    focus: str
    kind: Literal["criterion", "competency", "question", "interview"]
    drill: str
    minutes: int
    question_order: int | None = None


class Confidence(Shaped):
    standard_error: float | None
    interval: tuple[int, int] | None
    transcript: float | None = None
    """Mean word confidence of the transcript, 0 to 1; None for typed answers."""


class ScoredBy(Shaped):
    engine: Literal["gemini", "rubric"]
    model: str | None
    rubric_version: str
    prompt_version: str | None = None
    rubric_hash: str | None = None


class Coverage(Shaped):
    """How much of the plan the score rests on."""

    planned: int
    asked: int
    answered: int


class Report(Shaped):
    report_id: str
    session_id: str
    overall_score: int | None = Percent
    band: str | None = None
    score_breakdown: dict[str, CompetencyScore]
    questions: list[QuestionReport]
    strengths: list[str]
    weaknesses: list[str]
    strength_findings: list[Finding] = Field(default_factory=list)
    weakness_findings: list[Finding] = Field(default_factory=list)
    recommendations: list[Recommendation]
    one_thing_first: str | None = None
    plan: list[PlanDay] = Field(default_factory=list)
    arithmetic: WholeArithmetic | None = None
    counts: bool = True
    """Whether it counts in averages and trends: not where there is no score."""
    too_little: str | None = None
    """Why there is no score, in a word."""
    revision: int = 1
    score_with_overrides: int | None = Field(default=None, ge=0, le=100)
    """What the whole comes to with the scores that people have set."""
    speech: dict[str, Any]
    confidence: Confidence
    coverage: Coverage
    flags: list[str]
    scored_by: ScoredBy
    generated_at: datetime
