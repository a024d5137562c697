"""Nobody is told that they improved by chance, and nobody on the strength of interviews that do not compare."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from core.analytics.progress import STANDARD_ERROR, Z95, progress_of, verdict_on
from core.analytics.service import TrendPoint
from core.interviews.catalogue import Difficulty, InterviewType

START = datetime(2026, 11, 1, tzinfo=UTC)
USERS = 2000


def points(
    scores: Sequence[int],
    *,
    kind: InterviewType = InterviewType.TECHNICAL,
    difficulty: Difficulty = Difficulty.MEDIUM,
    from_day: int = 0,
) -> list[TrendPoint]:
    arm = round(Z95 * STANDARD_ERROR)
    return [
        TrendPoint(f"int_{from_day + at}", START + timedelta(days=from_day + at), kind, difficulty, score,
                   max(0, score - arm), min(100, score + arm))
        for at, score in enumerate(scores)
    ]  # fmt: skip


def test_three_interviews_show_no_direction_whatever_they_say() -> None:
    (found,) = progress_of(points([10, 50, 95]))
    assert (found.verdict, found.before, found.now) == (None, None, None)


@pytest.mark.parametrize(
    ("scores", "verdict"),
    [
        ([40, 40, 63, 63], "improved"),
        ([40, 40, 57, 57], "probably_improved"),
        ([40, 40, 52, 52], "no_clear_change"),
        ([80, 80, 55, 55], "declined"),
        ([40, 62, 41, 60], "no_clear_change"),
    ],
)
def test_what_a_change_is_called(scores: list[int], verdict: str) -> None:
    (found,) = progress_of(points(scores))
    assert found.verdict == verdict
    assert found.needed == 23


def test_only_interviews_that_compare_count() -> None:
    easy = points([90, 92], difficulty=Difficulty.EASY)
    hard = points([50, 52], difficulty=Difficulty.HARD, from_day=10)
    people = points([70, 71], kind=InterviewType.HR, from_day=20)
    found = progress_of([*easy, *hard, *people])
    assert [(p.type, len(p.points), p.verdict) for p in found] == [
        (InterviewType.HR, 2, None),
        (InterviewType.TECHNICAL, 2, None),
    ]


@pytest.mark.parametrize("interviews", [4, 6, 10])
def test_users_without_any_change_are_told_improved_in_at_most_one_of_twenty(interviews: int) -> None:
    """Told after any of their interviews: each look is another chance to be wrong."""
    random = Random(11)
    told = 0
    for _ in range(USERS):
        ability = random.uniform(30, 75)
        scores = [max(0, min(100, round(random.gauss(ability, STANDARD_ERROR)))) for _ in range(interviews)]
        looks = [progress_of(points(scores[:seen]))[0].verdict for seen in range(1, interviews + 1)]
        told += "improved" in looks
    assert told / USERS <= 0.05


def test_users_who_do_improve_are_told() -> None:
    random = Random(12)
    told = 0
    for _ in range(USERS):
        scores = [round(random.gauss(40 + 7 * at, STANDARD_ERROR)) for at in range(6)]
        told += progress_of(points(scores))[0].verdict == "improved"
    assert told / USERS >= 0.6


def test_a_larger_error_asks_for_a_larger_change() -> None:
    assert verdict_on(25, 8.0) == "improved"
    assert verdict_on(25, 12.0) == "probably_improved"
