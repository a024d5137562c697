"""Agreement between a coach and the model is measured as statistics books do it."""

from datetime import date, timedelta
from random import Random
from time import process_time

import pytest

from core.cohorts.agreement import Pair, agreement, drift, panel_of, weighted_kappa

TODAY = date(2026, 11, 25)


def pairs(*scores: tuple[int, int], days_ago: int = 0, criterion: str = "databases") -> list[Pair]:
    return [Pair(TODAY - timedelta(days=days_ago), criterion, coach, model) for coach, model in scores]


def kappa_by_table(scores: list[tuple[int, int]]) -> float:
    """The textbook's way: a table of counts against the one that the margins alone would give."""
    levels = [(min(4, a // 20), min(4, b // 20)) for a, b in scores]
    n = len(levels)
    rows = [sum(a == i for a, _ in levels) for i in range(5)]
    columns = [sum(b == j for _, b in levels) for j in range(5)]
    observed = sum((i - j) ** 2 * sum((a, b) == (i, j) for a, b in levels) for i in range(5) for j in range(5))
    expected = sum((i - j) ** 2 * rows[i] * columns[j] / n for i in range(5) for j in range(5))
    return 1 - observed / expected


def test_kappa_is_that_of_the_table() -> None:
    random = Random(5)
    for _ in range(50):
        scores = [
            (coach := random.randint(0, 100), max(0, min(100, coach + random.randint(-30, 30)))) for _ in range(40)
        ]
        assert weighted_kappa(scores) == pytest.approx(kappa_by_table(scores))


def test_perfect_agreement_is_one_and_none_where_nothing_varies() -> None:
    assert weighted_kappa([(10, 10), (90, 90)]) == 1
    assert weighted_kappa([(50, 50), (55, 55)]) is None


def test_few_pairs_have_figures_but_no_kappa() -> None:
    found = agreement("apis", pairs((40, 50), (60, 65)))
    assert (found.n, found.bias, found.error) == (2, 7.5, 7.5)
    assert (found.kappa, found.interval) == (None, None)


def test_the_interval_holds_kappa_and_does_not_change_between_two_looks() -> None:
    random = Random(2)
    seen = pairs(*[(c := random.randint(0, 100), max(0, min(100, c + random.randint(-25, 25)))) for _ in range(60)])
    found = agreement(None, seen)
    assert found.kappa is not None
    assert found.interval is not None
    assert found.interval[0] < found.kappa < found.interval[1]
    assert agreement(None, seen) == found


def test_the_interval_is_that_of_drawing_the_pairs_anew() -> None:
    random = Random(3)
    scores = [(c := random.randint(0, 100), max(0, min(100, c + random.randint(-40, 40)))) for _ in range(300)]
    drawn = sorted(kappa_by_table(random.choices(scores, k=len(scores))) for _ in range(400))
    found = agreement(None, pairs(*scores))
    assert found.interval == pytest.approx((drawn[10], drawn[390]), abs=0.03)


def test_the_interval_costs_no_more_over_many_pairs() -> None:
    random = Random(4)
    seen = pairs(*[(random.randint(0, 100), random.randint(0, 100)) for _ in range(5000)])
    began = process_time()
    agreement(None, seen)
    assert process_time() - began < 0.3


def test_drift_is_told_when_the_bias_moves_beyond_chance() -> None:
    before = pairs(*[(50, 50 + step % 3) for step in range(30)], days_ago=60)
    steady = pairs(*[(50, 50 + step % 3) for step in range(30)], days_ago=3)
    harsher = pairs(*[(50, 42 + step % 3) for step in range(30)], days_ago=3)
    assert drift(before + steady, today=TODAY).alarm is False
    moved = drift(before + harsher, today=TODAY)
    assert (moved.alarm, moved.change) == (True, -8.0)


def test_nothing_is_said_of_drift_over_few_pairs() -> None:
    found = drift(pairs(*[(50, 90)] * 19) + pairs(*[(50, 10)] * 40, days_ago=60), today=TODAY)
    assert (found.change, found.alarm) == (None, False)


def test_the_panel_stands_by_criterion_and_month() -> None:
    found = panel_of(
        pairs((40, 50), criterion="apis") + pairs((40, 30), days_ago=31, criterion="databases"), today=TODAY
    )
    assert [part.criterion for part in found.criteria] == ["apis", "databases"]
    assert [(m.month.isoformat(), m.n, m.bias) for m in found.months] == [
        ("2026-10-01", 1, -10.0),
        ("2026-11-01", 1, 10.0),
    ]
    assert found.whole is not None
    assert found.whole.bias == 0


def test_without_reviews_there_is_nothing() -> None:
    found = panel_of([], today=TODAY)
    assert (found.whole, found.criteria, found.months) == (None, (), ())
