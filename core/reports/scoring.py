"""Every number of a report, computed from verified judgements. No model writes a score, and none is made up.

A question's score is .6 × key points + .4 × level (technical), or .35 × STAR + .65 × level (stories). The overall is
the mean of the questions that were asked; asked and not answered is 0, never asked does not count.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.interviews.catalogue import InterviewType
from core.interviews.questions import Question
from core.reports.judgement import CRITERIA, Judgement, Verdict, point_id
from core.reports.quotes import VerifiedQuote, find_quote
from core.reports.segments import Turn

RUBRIC_VERSION = "rubric-1"
WORTH = {Verdict.COVERED: 1.0, Verdict.PARTIAL: 0.5, Verdict.MISSING: 0.0, Verdict.CONTRADICTED: -0.25}
UNPROVEN_LEVEL = 1
"""The highest level a criterion keeps without a quote that holds."""
MUST_HAVE_CAP = 0.7
STORY_TYPES = (InterviewType.BEHAVIORAL, InterviewType.HR)
STANDARD_ERROR = 8.0
"""Of an interview's score, until the product has estimated its own (100 interviews and more)."""
Z95 = 1.96
MIN_ANSWERED = 2
MIN_WORDS = 25
"""Fewer words than this over the whole interview are too little to judge."""
GOOD_CONFIDENCE, LOW_CONFIDENCE, UNINTELLIGIBLE_BELOW = 0.85, 0.7, 0.45
"""Mean word confidence: at 30 to 40 % wrong words coverage falls by 16 to 32 %, so that a score can only be a guess."""
FAIR_WIDENS, POOR_WIDENS = 1.25, 1.5
BANDS = ((80, "strong"), (60, "good"), (40, "developing"), (0, "early"))


@dataclass(frozen=True)
class VerifiedPoint:
    id: str
    verdict: Verdict
    quote: VerifiedQuote | None


@dataclass(frozen=True)
class VerifiedCriterion:
    id: str
    level: int
    observation: str
    quote: VerifiedQuote | None


@dataclass(frozen=True)
class VerifiedJudgement:
    """A judgement in which every credit, and every charge, rests on words that the candidate said."""

    question_id: str
    points: tuple[VerifiedPoint, ...]
    criteria: tuple[VerifiedCriterion, ...]
    star: dict[str, VerifiedQuote | None] | None
    flags: tuple[str, ...]
    dropped: tuple[str, ...] = field(default=())
    """Quotes that nobody said; worth one repair."""

    @property
    def quotes(self) -> list[VerifiedQuote]:
        """Each quote once, those of the key points first."""
        found = [p.quote for p in self.points] + [c.quote for c in self.criteria]
        return list({q.text: q for q in found if q is not None}.values())


def verify(judgement: Judgement, question: Question, turns: Sequence[Turn]) -> VerifiedJudgement:
    """Hold a judgement against the candidate's turns of that question; a verdict without proof is none."""
    dropped: list[str] = []

    def proven(quote: str | None) -> VerifiedQuote | None:
        found = find_quote(quote, turns)
        if quote and found is None:
            dropped.append(quote)
        return found

    by_id = {p.id: p for p in judgement.key_points}
    points = []
    for place in range(len(question.key_points)):
        said = by_id[point_id(place)]
        quote = proven(said.quote)
        verdict = said.verdict if quote is not None else Verdict.MISSING
        points.append(VerifiedPoint(said.id, verdict, quote))
    levels = {c.id: c for c in judgement.criteria}
    criteria = []
    for name in CRITERIA:
        given = levels[name]
        quote = proven(given.quote)
        level = given.level if quote is not None else min(given.level, UNPROVEN_LEVEL)
        criteria.append(VerifiedCriterion(name, level, given.observation, quote))
    star = None
    if judgement.star is not None:
        parts = {part: getattr(judgement.star, part) for part in "star"}
        star = {part: proven(said.quote) if said.present else None for part, said in parts.items()}
    return VerifiedJudgement(
        judgement.question_id, tuple(points), tuple(criteria), star, tuple(judgement.flags), tuple(dropped)
    )


@dataclass(frozen=True)
class Part:
    """One summand of a question's score: `share` (0 to 1) counts with `weight`."""

    name: str
    share: float
    weight: float


@dataclass(frozen=True)
class Sum:
    """How a question's score comes about. Without an answer there are no parts and the score is 0."""

    parts: tuple[Part, ...]
    capped: bool
    """Something essential is missing, so that the sum stops at the cap."""
    score: int


def question_sum(verified: VerifiedJudgement, question: Question, *, answered: bool) -> Sum:
    """The score (0 to 100) of one asked question and what it is made of. Monotone in every verdict and level."""
    if not answered or "no_answer" in verified.flags:
        return Sum((), capped=False, score=0)
    level = sum(c.level for c in verified.criteria) / (4 * len(verified.criteria))
    if question.type in STORY_TYPES and verified.star is not None:
        parts = (Part("star", _story_share(verified.star), 0.35), Part("levels", level, 0.65))
    else:
        parts = (Part("keyPoints", _points_share(verified, question), 0.6), Part("levels", level, 0.4))
    share = sum(part.share * part.weight for part in parts)
    capped = share > MUST_HAVE_CAP and _lacks_essential(verified, question)
    share = min(share, MUST_HAVE_CAP) if capped else share
    return Sum(parts, capped, max(0, min(100, math.floor(100 * share + 0.5))))


def question_score(verified: VerifiedJudgement, question: Question, *, answered: bool) -> int:
    """0 to 100 for one asked question."""
    return question_sum(verified, question, answered=answered).score


def _points_share(verified: VerifiedJudgement, question: Question) -> float:
    weights = [point.weight for point in question.key_points]
    kept = sum(w * WORTH[p.verdict] for w, p in zip(weights, verified.points, strict=True))
    return max(0.0, kept / sum(weights))


def _story_share(star: Mapping[str, VerifiedQuote | None]) -> float:
    """Action and result count double: a story without them tells nothing."""
    have = {part: quote is not None for part, quote in star.items()}
    return (have["s"] + have["t"] + 2 * have["a"] + 2 * have["r"]) / 6


def _lacks_essential(verified: VerifiedJudgement, question: Question) -> bool:
    return any(
        wanted.must_have and point.verdict in (Verdict.MISSING, Verdict.CONTRADICTED)
        for point, wanted in zip(verified.points, question.key_points, strict=True)
    )


@dataclass(frozen=True)
class Scored:
    """One question's part in the whole. `score` is None where it was never asked."""

    order: int
    competency: str
    score: int | None
    words: int


@dataclass(frozen=True)
class Estimate:
    """A score with its standard error and 95 % interval; all three are None where there is too little to judge."""

    score: int | None
    standard_error: float | None = None
    interval: tuple[int, int] | None = None


NOTHING = Estimate(None)


@dataclass(frozen=True)
class Overall:
    score: int | None
    competencies: dict[str, Estimate]
    standard_error: float | None
    interval: tuple[int, int] | None
    total: int | None = None
    """The sum of the question scores that `score` is the mean of."""
    too_little: str | None = None
    """Why there is no score: `nothing_asked`, `silence`, `one_answer`, `few_words` or `unintelligible`."""


def overall(scored: Sequence[Scored], *, confidence: float | None = None, second: int | None = None) -> Overall:
    """The whole from its parts: the mean over asked questions, rounded to a whole point.

    None where there is too little to judge. `confidence` is the transcript's mean word confidence (0 to 1): a poor one
    stretches the intervals. `second` is what another judge makes of the same answers where the two disagree: the
    interval reaches that far. Source of the interval: SEM 8 for a whole interview, or the spread within it if that is
    more; of a part of its questions correspondingly more.
    """
    asked = [s for s in scored if s.score is not None]
    names = list(dict.fromkeys(s.competency for s in scored))
    reason = _too_little(asked, confidence)
    if reason:
        return Overall(None, dict.fromkeys(names, NOTHING), None, None, too_little=reason)
    values = [float(s.score or 0) for s in asked]
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((v - mean) ** 2 for v in values)) / len(values)
    error = max(STANDARD_ERROR, spread) * widening(confidence)
    whole = _estimate(values, error)
    interval = whole.interval
    if interval and second is not None:
        interval = (min(interval[0], second), max(interval[1], second))
    competencies = {}
    for name in names:
        part = [float(s.score or 0) for s in asked if s.competency == name]
        competencies[name] = _estimate(part, error * math.sqrt(len(values) / len(part))) if part else NOTHING
    return Overall(whole.score, competencies, whole.standard_error, interval, total=int(sum(values)))


def _estimate(values: Sequence[float], error: float) -> Estimate:
    mean = sum(values) / len(values)
    interval = (max(0, math.floor(mean - Z95 * error)), min(100, math.ceil(mean + Z95 * error)))
    return Estimate(math.floor(mean + 0.5), round(error, 1), interval)


def _too_little(asked: Sequence[Scored], confidence: float | None) -> str | None:
    answered = [s for s in asked if s.words > 0]
    if not asked:
        return "nothing_asked"
    if not answered:
        return "silence"
    if len(answered) < MIN_ANSWERED:
        return "one_answer"
    if sum(s.words for s in asked) < MIN_WORDS:
        return "few_words"
    if confidence is not None and confidence < UNINTELLIGIBLE_BELOW:
        return "unintelligible"
    return None


def widening(confidence: float | None) -> float:
    """By how much a transcript of this mean word confidence stretches a range; typed answers do not stretch it."""
    if confidence is None or confidence >= GOOD_CONFIDENCE:
        return 1.0
    return FAIR_WIDENS if confidence >= LOW_CONFIDENCE else POOR_WIDENS


def band(score: int | None) -> str | None:
    """The word for a score: strong from 80, good from 60, developing from 40, early below."""
    return None if score is None else next(word for floor, word in BANDS if score >= floor)
