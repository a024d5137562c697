"""Cohorts beside each other, and the movement inside one."""

from dataclasses import dataclass
from math import sqrt

from scipy.special import stdtrit
from sqlalchemy import select

from core.accounts.types import Actor
from core.cohorts import growth
from core.cohorts.figures import SCORES, scores_of
from core.cohorts.growth import Activity, Growth
from core.cohorts.models import ALL_DAYS, CohortDay
from core.cohorts.service import cohorts, own
from core.cohorts.types import CohortView, Filters
from core.db import Uow

LEAST_LEARNERS = 5
"""Where aggregates alone are shown, movement of fewer learners would be somebody's own."""
AT_ONCE = 20


@dataclass(frozen=True)
class Standing:
    """One cohort's counted interviews; `interval` is the 95 % interval of the mean, None below two interviews."""

    cohort: CohortView
    interviews: int
    mean: float | None
    median: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Comparison:
    """`more` tells that there are older cohorts which are not among the standings."""

    standings: tuple[Standing, ...]
    more: bool


def compare(uow: Uow, actor: Actor) -> Comparison:
    """The caller's newest cohorts that are not archived, beside each other. Raises: Forbidden."""
    shown = cohorts(uow, actor, limit=AT_ONCE, with_archived=False)
    histograms = {item.cohort_id: [0] * SCORES for item in shown.items}
    query = select(CohortDay.cohort_id, CohortDay.histogram).where(
        CohortDay.cohort_id.in_(histograms), CohortDay.day == ALL_DAYS
    )
    for cohort_id, counts in uow.session.execute(query):
        histograms[cohort_id] = [a + b for a, b in zip(histograms[cohort_id], counts, strict=True)]
    standings = tuple(_standing(item, histograms[item.cohort_id]) for item in shown.items)
    return Comparison(standings, more=shown.next_cursor is not None)


def _standing(item: CohortView, histogram: list[int]) -> Standing:
    n, scores = sum(histogram), scores_of(histogram)
    interval = None
    if scores.mean is not None and scores.standard_deviation is not None:
        half = float(stdtrit(n - 1, 0.975)) * scores.standard_deviation / sqrt(n)
        interval = (round(max(0.0, scores.mean - half), 1), round(min(100.0, scores.mean + half), 1))
    return Standing(item, n, scores.mean, scores.median, interval)


def growth_of(uow: Uow, actor: Actor, cohort_id: str, filters: Filters) -> Growth | None:
    """How learners moved; None where the cohort shows aggregates alone and too few moved to be one.

    Raises: Forbidden, NotFound.
    """
    found = own(uow, actor, cohort_id)
    grown = growth.growth(uow, cohort_id, filters)
    return None if found.feedback_only and grown.n < LEAST_LEARNERS else grown


def activity_of(uow: Uow, actor: Actor, cohort_id: str, filters: Filters) -> Activity | None:
    """Who practised lately; None as for growth. Raises: Forbidden, NotFound."""
    found = own(uow, actor, cohort_id)
    active = growth.activity(uow, cohort_id, filters)
    return None if found.feedback_only and active.n < LEAST_LEARNERS else active
