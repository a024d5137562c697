"""What a judge may say of one answer: evidence and small ordinal verdicts. No score, no number above four.

The fields stand in the order identity, evidence, verdict: a model writes them in this order, so it looks before it
judges.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.interviews.questions import Question
from core.reports.errors import JudgementUnusable


class Verdict(StrEnum):
    COVERED = "covered"
    PARTIAL = "partial"
    MISSING = "missing"
    CONTRADICTED = "contradicted"


Criterion = Literal["correctness", "depth", "reasoning", "structure", "relevance"]
CRITERIA: tuple[Criterion, ...] = ("correctness", "depth", "reasoning", "structure", "relevance")
Flag = Literal["off_topic", "no_answer", "asked_for_score", "unintelligible"]
Level = Annotated[int, Field(ge=0, le=4)]
MAX_TEXT = 600


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class PointJudgement(_Strict):
    id: str
    quote: Annotated[str, Field(max_length=MAX_TEXT)] | None
    quote_turn: str | None = None
    verdict: Verdict


class CriterionJudgement(_Strict):
    id: Criterion
    quote: Annotated[str, Field(max_length=MAX_TEXT)] | None
    observation: Annotated[str, Field(max_length=MAX_TEXT)]
    level: Level


class StarPart(_Strict):
    present: bool
    quote: Annotated[str, Field(max_length=MAX_TEXT)] | None


class Star(_Strict):
    s: StarPart
    t: StarPart
    a: StarPart
    r: StarPart


class Mistake(_Strict):
    quote: Annotated[str, Field(max_length=MAX_TEXT)]
    why_wrong: Annotated[str, Field(max_length=MAX_TEXT)]


class Judgement(_Strict):
    question_id: str
    answer_summary: Annotated[str, Field(max_length=MAX_TEXT)]
    key_points: Annotated[list[PointJudgement], Field(min_length=1, max_length=6)]
    criteria: Annotated[list[CriterionJudgement], Field(min_length=len(CRITERIA), max_length=len(CRITERIA))]
    star: Star | None
    errors: Annotated[list[Mistake], Field(max_length=6)]
    flags: Annotated[list[Flag], Field(max_length=4)]
    confidence: Literal["low", "medium", "high"]


def point_id(place: int) -> str:
    """Key points are called k1, k2, … in the order of the rubric."""
    return f"k{place + 1}"


def validate_judgement(text: str, question: Question) -> Judgement:
    """Read what a model said of an answer to `question`.

    Raises: JudgementUnusable with the reasons: no JSON, out of bounds, ids that are missing, doubled or invented.
    """
    try:
        judgement = Judgement.model_validate_json(text)
    except ValidationError as exc:
        places = [f"{'.'.join(str(p) for p in e['loc'])}: {e['type']}" for e in exc.errors(include_input=False)]
        raise JudgementUnusable(places) from exc
    reasons = []
    if judgement.question_id != question.id:
        reasons.append("another question's id")
    if sorted(p.id for p in judgement.key_points) != sorted(point_id(i) for i in range(len(question.key_points))):
        reasons.append("key point ids are not those of the rubric")
    if sorted(c.id for c in judgement.criteria) != sorted(CRITERIA):
        reasons.append("each criterion is wanted once")
    if reasons:
        raise JudgementUnusable(reasons)
    return judgement
