"""How far coaches and the model agree, criterion by criterion and over time: how far its scores can be trusted.

Counted are the ratings of reviews. Those of the weekly sample were given without the model's score being seen.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt

import numpy as np
import numpy.typing as npt
from sqlalchemy import text

from core.accounts.types import Actor
from core.cohorts.service import own
from core.db import Uow

LEVELS = 5
"""Scores are laid into five levels for kappa: below 20, 40, 60, 80, and up to 100."""
Counts = npt.NDArray[np.int64]
COACH, MODEL = np.divmod(np.arange(LEVELS * LEVELS), LEVELS)
"""The levels that each cell of a table of pairs stands for."""
DRIFT_POINTS = 3.0
DRIFT_FROM = 20
"""Pairs on either side below which nothing is said of drift."""
RECENT = timedelta(weeks=4)
RESAMPLED = 400
KAPPA_FROM = 10
PAIRS = text("""
    SELECT r.reviewed_at, q.competency, (rating ->> 'human')::integer AS coach, (rating ->> 'model')::integer AS model
    FROM cohort_members m
    JOIN report_reviews r ON r.user_id = m.user_id
    CROSS JOIN LATERAL jsonb_array_elements(r.ratings) AS rating
    JOIN interview_questions q
      ON q.session_id = r.session_id AND q.question_order = (rating ->> 'order')::integer
    WHERE m.cohort_id = :cohort_id AND m.share_reports AND r.status = 'done' AND r.kind = 'sample'
      AND (rating ->> 'model') IS NOT NULL
    ORDER BY r.reviewed_at DESC
    LIMIT :limit
""")
PAIRS_AT_MOST = 5000
OVERRIDDEN = text("""
    SELECT count(*) AS n, avg(o.model_score - o.score) AS bias, avg(abs(o.model_score - o.score)) AS error
    FROM (
        SELECT DISTINCT ON (o.session_id, o.question_order) o.model_score, o.score
        FROM cohort_facts f
        JOIN cohort_members m ON m.cohort_id = f.cohort_id AND m.user_id = f.user_id
        JOIN score_overrides o ON o.session_id = f.session_id
        WHERE f.cohort_id = :cohort_id AND m.share_reports
        ORDER BY o.session_id, o.question_order, o.id DESC
    ) AS o
    WHERE o.model_score IS NOT NULL
""")


@dataclass(frozen=True)
class Pair:
    """One answer, rated 0-100 by a coach and by the model."""

    on: date
    criterion: str
    coach: int
    model: int


@dataclass(frozen=True)
class Agreement:
    """`bias` is model minus coach and `error` the mean absolute difference, both in points.

    `kappa` is quadratic-weighted over five levels, None below ten pairs or where nothing varies; `interval` its 95 %
    bootstrap interval.
    """

    criterion: str | None
    n: int
    bias: float
    error: float
    kappa: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class MonthOfPairs:
    month: date
    n: int
    bias: float
    error: float


@dataclass(frozen=True)
class Drift:
    """The last four weeks against all before; None where either side has too few pairs."""

    recent: int
    earlier: int
    change: float | None
    """How the bias moved, in points."""
    alarm: bool


@dataclass(frozen=True)
class Overridden:
    """Answers on which a coach set a score of their own, the newest of each; signs as in `Agreement`.

    They stand apart: a coach overrides what looks wrong, having seen the model's score, so they are no sample.
    """

    n: int
    bias: float
    error: float


@dataclass(frozen=True)
class Panel:
    whole: Agreement | None
    criteria: tuple[Agreement, ...]
    months: tuple[MonthOfPairs, ...]
    drift: Drift
    overridden: Overridden | None = None
    cut: bool = False
    """Whether older pairs are there which were not counted."""


def panel(uow: Uow, actor: Actor, cohort_id: str) -> Panel:
    """Agreement over the latest reviews of members who share their reports, for as long as they do.

    Raises: Forbidden, NotFound.
    """
    own(uow, actor, cohort_id)
    rows = uow.session.execute(PAIRS, {"cohort_id": cohort_id, "limit": PAIRS_AT_MOST + 1})
    found = [Pair(row.reviewed_at.date(), row.competency, row.coach, row.model) for row in rows]
    pairs, cut = found[:PAIRS_AT_MOST], len(found) > PAIRS_AT_MOST
    row = uow.session.execute(OVERRIDDEN, {"cohort_id": cohort_id}).one()
    overridden = Overridden(row.n, round(float(row.bias), 1), round(float(row.error), 1)) if row.n else None
    return replace(panel_of(pairs, today=uow.now.date()), overridden=overridden, cut=cut)


def panel_of(pairs: Sequence[Pair], *, today: date) -> Panel:
    by_criterion = _grouped(pairs, lambda pair: pair.criterion)
    by_month = _grouped(pairs, lambda pair: pair.on.replace(day=1).isoformat())
    return Panel(
        whole=agreement(None, pairs) if pairs else None,
        criteria=tuple(agreement(name, by_criterion[name]) for name in sorted(by_criterion)),
        months=tuple(
            MonthOfPairs(date.fromisoformat(month), len(held), _bias(held), _error(held))
            for month, held in sorted(by_month.items())
        ),
        drift=drift(pairs, today=today),
    )


def _grouped(pairs: Sequence[Pair], key: Callable[[Pair], str]) -> Mapping[str, list[Pair]]:
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[key(pair)].append(pair)
    return groups


def agreement(criterion: str | None, pairs: Sequence[Pair]) -> Agreement:
    """Of at least one pair. The interval comes from resampling under a fixed seed: the same pairs show the same."""
    kappa = weighted_kappa([(p.coach, p.model) for p in pairs]) if len(pairs) >= KAPPA_FROM else None
    return Agreement(
        criterion=criterion,
        n=len(pairs),
        bias=_bias(pairs),
        error=_error(pairs),
        kappa=None if kappa is None else round(kappa, 2),
        interval=None if kappa is None else _resampled(pairs),
    )


def _bias(pairs: Sequence[Pair]) -> float:
    return round(sum(p.model - p.coach for p in pairs) / len(pairs), 1)


def _error(pairs: Sequence[Pair]) -> float:
    return round(sum(abs(p.model - p.coach) for p in pairs) / len(pairs), 1)


def weighted_kappa(scores: Sequence[tuple[int, int]]) -> float | None:
    """Cohen's kappa with quadratic weights over five levels of 0-100; None where neither side varies.

    Source: J. Cohen, Psychological Bulletin 70 (1968).
    """
    [kappa] = _kappas(_table(scores)[np.newaxis])
    return None if np.isnan(kappa) else float(kappa)


def _table(scores: Sequence[tuple[int, int]]) -> Counts:
    """How often each pair of levels was given."""
    cells = [_level(coach) * LEVELS + _level(model) for coach, model in scores]
    return np.bincount(cells, minlength=LEVELS * LEVELS)


def _kappas(tables: Counts) -> npt.NDArray[np.float64]:
    """Of each row of counts; not a number where nothing varies.

    With quadratic weights the expected disagreement follows from sums and squares. All but the quotient is in whole
    numbers, so that what does not vary is told exactly.
    """
    n = tables.sum(axis=1)
    observed = n * (tables @ (COACH - MODEL) ** 2)
    expected = n * (tables @ (COACH**2 + MODEL**2)) - 2 * (tables @ COACH) * (tables @ MODEL)
    kappas = np.full(len(tables), np.nan)
    np.divide(expected - observed, expected, out=kappas, where=expected != 0)
    return kappas


def _level(score: int) -> int:
    return min(LEVELS - 1, score * LEVELS // 100)


def _resampled(pairs: Sequence[Pair]) -> tuple[float, float] | None:
    """By counts of levels: drawing those anew is drawing the pairs anew, at a cost that does not grow with them."""
    n = len(pairs)
    table = _table([(p.coach, p.model) for p in pairs])
    kappas = _kappas(np.random.default_rng(n).multinomial(n, table / n, size=RESAMPLED))
    found = np.sort(kappas[~np.isnan(kappas)])
    if len(found) < RESAMPLED // 2:
        return None
    low, high = found[int(0.025 * len(found))], found[int(0.975 * (len(found) - 1))]
    return round(float(low), 2), round(float(high), 2)


def drift(pairs: Sequence[Pair], *, today: date) -> Drift:
    """Whether the model judges otherwise than before: its bias moved by more than three points and beyond chance."""
    recent = [p.model - p.coach for p in pairs if p.on > today - RECENT]
    earlier = [p.model - p.coach for p in pairs if p.on <= today - RECENT]
    if min(len(recent), len(earlier)) < DRIFT_FROM:
        return Drift(len(recent), len(earlier), None, alarm=False)
    (mean_now, error_now), (mean_before, error_before) = _mean_and_error(recent), _mean_and_error(earlier)
    change = mean_now - mean_before
    beyond_chance = abs(change) > 1.96 * sqrt(error_now + error_before)
    return Drift(len(recent), len(earlier), round(change, 1), alarm=abs(change) > DRIFT_POINTS and beyond_chance)


def _mean_and_error(values: Sequence[int]) -> tuple[float, float]:
    """The mean and its squared standard error, of at least two values."""
    mean = sum(values) / len(values)
    return mean, sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values)
