"""What coaches and learners see of a cohort."""

from dataclasses import dataclass
from datetime import date, datetime

from core.interviews.catalogue import Difficulty, InterviewType


@dataclass(frozen=True)
class Share:
    """What a learner agreed to show."""

    scores: bool = True
    reports: bool = True
    audio: bool = False


@dataclass(frozen=True)
class CohortView:
    cohort_id: str
    name: str
    member_count: int
    feedback_only: bool
    archived: bool
    created_at: datetime


@dataclass(frozen=True)
class Invitation:
    token: str
    join_url: str
    expires_at: datetime
    invited: int


@dataclass(frozen=True)
class Membership:
    cohort_id: str
    name: str
    feedback_only: bool
    share: Share
    joined_at: datetime


@dataclass(frozen=True)
class MemberView:
    """Figures are None where they are not shared."""

    user_id: str
    name: str
    interviews: int | None
    average_score: float | None
    last_interview_at: datetime | None
    at_risk: tuple[str, ...] | None


@dataclass(frozen=True)
class LearnerInterview:
    session_id: str
    at: datetime
    type: InterviewType
    difficulty: Difficulty
    score: int
    low: int
    high: int


@dataclass(frozen=True)
class CompetencyMean:
    competency: str
    n: int
    mean: float


@dataclass(frozen=True)
class Percentile:
    """A place among `n` learners by average score, 0-100, with its 95 % interval."""

    place: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class LearnerView:
    user_id: str
    name: str
    joined_at: datetime
    share: Share
    interviews: tuple[LearnerInterview, ...] | None
    """The latest ones, newest first. All that follows is over all `counted` ones."""
    counted: int | None
    average_score: float | None
    competencies: tuple[CompetencyMean, ...] | None
    at_risk: tuple[str, ...] | None
    percentile: Percentile | None = None


@dataclass(frozen=True)
class Filters:
    """`first` and `last` are days in UTC, both included."""

    first: date | None = None
    last: date | None = None
    type: InterviewType | None = None
    difficulty: Difficulty | None = None


EVERYTHING = Filters()


@dataclass(frozen=True)
class Scores:
    """Over all counted interviews; None where there are none. The deviation is the sample's, None below two."""

    mean: float | None
    median: float | None
    p25: float | None
    p75: float | None
    standard_deviation: float | None
    histogram: tuple[int, ...]


@dataclass(frozen=True)
class Week:
    week: date
    """Its Monday."""
    interviews: int
    mean: float
    interval: tuple[float, float] | None
    """95 % by Student's t; None below two interviews."""


@dataclass(frozen=True)
class HeatCell:
    user_id: str
    competency: str
    n: int
    mean: float


@dataclass(frozen=True)
class AtRisk:
    user_id: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Analytics:
    cohort_id: str
    interviews: int
    learners: int
    scores: Scores
    weekly: tuple[Week, ...]
    competencies: tuple[CompetencyMean, ...]
    heatmap: tuple[HeatCell, ...]
    at_risk: tuple[AtRisk, ...]
    generated_at: datetime


@dataclass(frozen=True)
class QuestionQuality:
    """`p` is the mean score over 100; `discrimination` its correlation with the rest, None below 50 answers."""

    question_id: str
    text: str | None
    competency: str | None
    n: int
    p: float
    discrimination: float | None
    flags: tuple[str, ...]


@dataclass(frozen=True)
class OverrideView:
    question_order: int
    score: int
    model_score: int | None
    reason: str
    by: str
    at: datetime
