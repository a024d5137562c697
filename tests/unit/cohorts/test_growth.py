"""Changes are called by Jacobson and Truax's index, places by mid-ranks, and both say what they rest on."""

import pytest

from core.cohorts.growth import grown, place


def test_without_pairs_there_is_no_median_and_no_zero() -> None:
    found = grown([])
    assert (found.n, found.median) == (0, None)


@pytest.mark.parametrize(
    ("what", "change", "counted"),
    [
        ("far beyond chance", 23, "improved"),
        ("just beyond chance", 22.2, "improved"),
        ("perhaps", 15, "probably_improved"),
        ("within chance", 14, "unclear"),
        ("no change", 0, "unclear"),
        ("perhaps worse", -15, "probably_declined"),
        ("worse", -23, "declined"),
    ],
)
def test_a_change_is_called_what_chance_allows(what: str, change: float, counted: str) -> None:
    found = grown([(40, 40 + change)])  # type: ignore[list-item]  # between whole scores, to stand at the border
    names = ("improved", "probably_improved", "unclear", "probably_declined", "declined")
    assert [name for name in names if getattr(found, name)] == [counted], what


def test_the_median_is_of_the_changes() -> None:
    found = grown([(10, 50), (50, 55), (60, 50)])
    assert (found.n, found.median) == (3, 5.0)
    assert found.improved + found.unclear == 3


def test_a_place_is_the_mid_rank_with_its_interval() -> None:
    found = place(50, [10.0] * 9 + [50.0] * 2 + [90.0] * 9)
    assert (found.place, found.n) == (50.0, 20)
    assert found.low == pytest.approx(28.1, abs=0.1)
    assert found.high == pytest.approx(71.9, abs=0.1)


def test_the_best_of_all_is_not_certainly_so() -> None:
    found = place(100, [*map(float, range(19)), 100.0])
    assert found.place == 97.5
    assert found.high == 100
    assert found.low < 95
