"""A cohort's figures, read from roll-ups: what they cost does not grow with the number of interviews."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from math import sqrt
from typing import Any

from scipy.special import stdtrit
from sqlalchemy import func, select, text

from core.cohorts.models import (
    ALL_DAYS,
    CohortCompetency,
    CohortDay,
    CohortDayCompetency,
    CohortMember,
    CohortQuestion,
)
from core.cohorts.risk import reasons
from core.cohorts.types import (
    Analytics,
    AtRisk,
    CompetencyMean,
    Filters,
    HeatCell,
    QuestionQuality,
    Scores,
    Week,
)
from core.db import Uow
from core.interviews.bank import load_bank

SCORES = 101
CERTAIN_FROM = 50
"""Answers below which nothing is said of a question's discrimination."""
EASY_ABOVE, HARD_BELOW = 0.95, 0.2
DISCRIMINATES_FROM = 0.2
ROUND_TO = 4


def analytics(
    uow: Uow, cohort_id: str, filters: Filters, *, with_learners: bool, with_heatmap: bool = True
) -> Analytics:
    """Everything about the shared, counted interviews that the filters leave.

    Learners are left out on request, or just the heat map, which is what grows with their number.
    """
    days = uow.session.scalars(_filtered(select(CohortDay.histogram), CohortDay, cohort_id, filters))
    histogram = [sum(counts) for counts in zip(*days, strict=True)] or [0] * SCORES
    return Analytics(
        cohort_id=cohort_id,
        interviews=sum(histogram),
        learners=_learners(uow, cohort_id),
        scores=scores_of(histogram),
        weekly=_weekly(uow, cohort_id, filters),
        competencies=_competencies(uow, cohort_id, filters),
        heatmap=_heatmap(uow, cohort_id, filters) if with_learners and with_heatmap else (),
        at_risk=tuple(at_risk(uow, cohort_id)) if with_learners else (),
        generated_at=uow.now,
    )


def _filtered(query: Any, table: Any, cohort_id: str, filters: Filters) -> Any:
    query = query.where(table.cohort_id == cohort_id)
    if filters.first is None and filters.last is None:
        query = query.where(table.day == ALL_DAYS)
    else:
        query = query.where(table.day >= max(filters.first or date.min, ALL_DAYS + timedelta(days=1)))
        if filters.last:
            query = query.where(table.day <= filters.last)
    if filters.type:
        query = query.where(table.type == filters.type)
    if filters.difficulty:
        query = query.where(table.difficulty == filters.difficulty)
    return query


def scores_of(histogram: Sequence[int]) -> Scores:
    """Exact moments and quartiles (linear between neighbours) of whole scores that are given as 101 counts."""
    n = sum(histogram)
    if not n:
        return Scores(None, None, None, None, None, tuple(histogram))
    mean = sum(score * count for score, count in enumerate(histogram)) / n
    squares = sum(count * (score - mean) ** 2 for score, count in enumerate(histogram))
    return Scores(
        mean=round(mean, ROUND_TO),
        median=_quantile(histogram, n, 0.5),
        p25=_quantile(histogram, n, 0.25),
        p75=_quantile(histogram, n, 0.75),
        standard_deviation=round(sqrt(squares / (n - 1)), ROUND_TO) if n > 1 else None,
        histogram=tuple(histogram),
    )


def _quantile(histogram: Sequence[int], n: int, share: float) -> float:
    place = share * (n - 1)
    below = int(place)
    low, high = _nth(histogram, below), _nth(histogram, min(below + 1, n - 1))
    return round(low + (place - below) * (high - low), ROUND_TO)


def _nth(histogram: Iterable[int], index: int) -> int:
    """The score at a place, from 0, of all scores in order."""
    for score, count in enumerate(histogram):
        index -= count
        if index < 0:
            return score
    raise IndexError("fewer scores than that")


def _learners(uow: Uow, cohort_id: str) -> int:
    return int(uow.session.scalar(select(func.count()).where(CohortMember.cohort_id == cohort_id)) or 0)


def _weekly(uow: Uow, cohort_id: str, filters: Filters) -> tuple[Week, ...]:
    """By ISO week, oldest first. Read from the days, of which a year has no more than its type and level allow."""
    bounded = Filters(filters.first or ALL_DAYS + timedelta(days=1), filters.last, filters.type, filters.difficulty)
    week = func.date_trunc("week", CohortDay.day)
    query = select(
        week, func.sum(CohortDay.interviews), func.sum(CohortDay.score_sum), func.sum(CohortDay.square_sum)
    ).group_by(week)
    rows = uow.session.execute(_filtered(query, CohortDay, cohort_id, bounded).order_by(week))
    return tuple(_week(monday.date(), int(n), int(total), int(squares)) for monday, n, total, squares in rows)


def _week(monday: date, n: int, total: int, squares: int) -> Week:
    mean = total / n
    if n < 2:
        return Week(monday, n, round(mean, ROUND_TO), None)
    deviation = sqrt(max(0.0, squares - n * mean**2) / (n - 1))
    half = float(stdtrit(n - 1, 0.975)) * deviation / sqrt(n)
    return Week(
        monday,
        n,
        round(mean, ROUND_TO),
        (round(max(0.0, mean - half), ROUND_TO), round(min(100.0, mean + half), ROUND_TO)),
    )


def _heatmap(uow: Uow, cohort_id: str, filters: Filters) -> tuple[HeatCell, ...]:
    query = select(
        CohortCompetency.user_id,
        CohortCompetency.competency,
        func.sum(CohortCompetency.n),
        func.sum(CohortCompetency.score_sum),
    ).group_by(CohortCompetency.user_id, CohortCompetency.competency)
    query = _filtered(query, CohortCompetency, cohort_id, filters).where(CohortCompetency.n > 0)
    rows = uow.session.execute(query.order_by(CohortCompetency.user_id, CohortCompetency.competency))
    return tuple(HeatCell(user, name, int(n), round(int(total) / int(n), ROUND_TO)) for user, name, n, total in rows)


def _competencies(uow: Uow, cohort_id: str, filters: Filters) -> tuple[CompetencyMean, ...]:
    table = CohortDayCompetency
    query = select(table.competency, func.sum(table.n), func.sum(table.score_sum)).group_by(table.competency)
    rows = uow.session.execute(_filtered(query, table, cohort_id, filters).order_by(table.competency))
    return tuple(CompetencyMean(name, int(n), round(int(total) / int(n), ROUND_TO)) for name, n, total in rows)


LAST_THREE = text("""
    SELECT m.user_id, m.joined_at, f.at, f.score, f.high, f.skipped
    FROM cohort_members m LEFT JOIN LATERAL (
        SELECT at, score, high, skipped FROM cohort_facts
        WHERE cohort_id = m.cohort_id AND user_id = m.user_id ORDER BY at DESC LIMIT 3
    ) AS f ON true
    WHERE m.cohort_id = :cohort_id AND m.share_scores
    ORDER BY m.user_id, f.at DESC
""")


def at_risk(uow: Uow, cohort_id: str) -> list[AtRisk]:
    """Members for whom a rule fires, among those who share their scores."""
    held: dict[str, list[Any]] = defaultdict(list)
    joined: dict[str, Any] = {}
    for row in uow.session.execute(LAST_THREE, {"cohort_id": cohort_id}):
        joined[row.user_id] = row.joined_at
        if row.at is not None:
            held[row.user_id].append(row)
    found = ((user, reasons(held[user], joined_at=joined[user], now=uow.now)) for user in joined)
    return [AtRisk(user, fired) for user, fired in found if fired]


def question_quality(uow: Uow, cohort_id: str, *, limit: int, after: str | None) -> list[QuestionQuality]:
    """Questions by id. Of generated ones only figures are shown: their words belong to one learner."""
    query = select(CohortQuestion).where(CohortQuestion.cohort_id == cohort_id, CohortQuestion.n > 0)
    if after:
        query = query.where(CohortQuestion.source_id > after)
    known = load_bank().questions
    rows = uow.session.scalars(query.order_by(CohortQuestion.source_id).limit(limit))
    return [_quality(row, known.get(row.source_id)) for row in rows]


def flagged_questions(uow: Uow, cohort_id: str) -> list[QuestionQuality]:
    """Every question with a flag, those that tell strong from weak worst first.

    Read are the sums of all that have enough answers for one: of a few thousand questions at most.
    """
    query = select(CohortQuestion).where(CohortQuestion.cohort_id == cohort_id, CohortQuestion.n >= CERTAIN_FROM)
    known = load_bank().questions
    judged = (_quality(row, known.get(row.source_id)) for row in uow.session.scalars(query))
    return sorted((one for one in judged if one.flags), key=_worst_first)


def _worst_first(one: QuestionQuality) -> tuple[bool, float, str]:
    return one.discrimination is None, one.discrimination or 0.0, one.question_id


def _quality(row: CohortQuestion, known: Any) -> QuestionQuality:
    p = row.score_sum / row.n / 100
    found = _correlation(row) if row.n >= CERTAIN_FROM else None
    flags = []
    if row.n >= CERTAIN_FROM:
        if p > EASY_ABOVE:
            flags.append("too_easy")
        if p < HARD_BELOW:
            flags.append("too_hard_or_wrong_key")
        if found is not None and found < DISCRIMINATES_FROM:
            flags.append("review" if found >= 0 else "remove")
    return QuestionQuality(
        question_id=row.source_id,
        text=known.text if known else None,
        competency=known.competency if known else None,
        n=row.n,
        p=round(p, ROUND_TO),
        discrimination=None if found is None else round(found, ROUND_TO),
        flags=tuple(flags),
    )


def _correlation(row: CohortQuestion) -> float | None:
    """Pearson's, from the sums; None where one side does not vary."""
    n = row.paired
    if n < CERTAIN_FROM:
        return None
    x_spread = n * row.xx - row.x**2
    y_spread = n * row.yy - row.y**2
    if x_spread <= 0 or y_spread <= 0:
        return None
    return float((n * row.xy - row.x * row.y) / sqrt(x_spread * y_spread))
