"""A question and what a good answer holds: the shape shared by the bank, the planner and the judges."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.interviews.catalogue import Difficulty, InterviewType

Short = Annotated[str, Field(min_length=2, max_length=160)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeyPoint(Frozen):
    """One thing a good answer says. `accept_also` are other wordings worth the same; `common_wrong` contradict it."""

    text: Short
    weight: Literal[1, 2, 3] = 1
    must_have: bool = False
    accept_also: tuple[Short, ...] = Field(default=(), max_length=3)
    common_wrong: tuple[Short, ...] = Field(default=(), max_length=2)


class Anchors(Frozen):
    """Observable behaviour at three levels, in the manner of behaviourally anchored rating scales."""

    low: Annotated[str, Field(min_length=20, max_length=400)]
    medium: Annotated[str, Field(min_length=20, max_length=400)]
    high: Annotated[str, Field(min_length=20, max_length=400)]


class Question(Frozen):
    """A question with its frozen rubric.

    `id` is stable: `bank:<type>.<focus>.<n>` for the product's own, `gen:<ulid>` for a generated one.
    `competency` is the focus area that the answer counts towards.
    """

    id: str
    type: InterviewType
    competency: str
    difficulty: Difficulty
    text: Annotated[str, Field(min_length=20, max_length=300)]
    key_points: tuple[KeyPoint, ...] = Field(min_length=3, max_length=6)
    anchors: Anchors
    follow_ups: tuple[Annotated[str, Field(min_length=10, max_length=200)], ...] = Field(default=(), max_length=2)
    expected_seconds: int = Field(ge=30, le=300)
    source_quote: str | None = None
    """The words of the résumé or job description that a generated question rests on."""
