"""The heat map shows shrunken means, and nothing of a person where there is too little."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.cohorts.figures import scores_of
from core.cohorts.heat import rows, shrunken
from core.cohorts.types import Analytics, CompetencyMean, HeatCell


@pytest.mark.parametrize(
    ("what", "n", "mean", "shown"),
    [("two are too few", 2, 90, None), ("three weigh half", 3, 90, 70.0), ("many stand for themselves", 297, 90, 89.6)],
)
def test_a_mean_is_drawn_towards_the_cohorts(what: str, n: int, mean: float, shown: float | None) -> None:
    assert shrunken(n, mean, 50) == shown, what


def test_who_may_need_most_comes_first_and_who_has_no_mean_last() -> None:
    empty = Analytics(
        "coh",
        0,
        3,
        scores_of([0] * 101),
        (),
        (CompetencyMean("apis", 9, 50),),
        (),
        (),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    cells = (HeatCell("few", "apis", 2, 0), HeatCell("high", "apis", 5, 90), HeatCell("low", "apis", 5, 10))
    found = rows(replace(empty, heatmap=cells))
    assert [row.user_id for row in found] == ["low", "high", "few"]
    assert found[2].cells[0].mean is None
    assert rows(empty) == []
