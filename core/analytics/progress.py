"""Whether somebody has become better: said only of interviews that compare, and only beyond what chance explains.

A score without any change behind it goes up and down by its standard error, so that two of them differ by 22 points
once in twenty times. Source: Jacobson and Truax, reliable change.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from core.accounts.types import Actor
from core.analytics import service
from core.analytics.service import TrendPoint
from core.db import Uow
from core.interviews.catalogue import Difficulty, InterviewType

MIN_COMPARABLE = 4
STANDARD_ERROR = 8.0
Z95, Z80 = 1.96, 1.28
ENDS = 2
"""So many interviews at either end are averaged: one lucky day makes no progress."""

Verdict = Literal["improved", "probably_improved", "no_clear_change", "probably_declined", "declined"]


@dataclass(frozen=True)
class Progress:
    """How somebody does at one kind of interview. `verdict` is None with fewer than four that compare."""

    type: InterviewType
    difficulty: Difficulty
    points: tuple[TrendPoint, ...]
    """Those that compare, oldest first."""
    verdict: Verdict | None
    before: int | None
    """Mean of the first two, and of the last two: 0-100."""
    now: int | None
    needed: int
    """Points that the change must exceed to be more than chance."""


def progress(uow: Uow, actor: Actor) -> list[Progress]:
    """The caller's progress by kind of interview, the kind held last first."""
    return progress_of(service.statistics(uow, actor).trend)


def progress_of(points: Sequence[TrendPoint]) -> list[Progress]:
    """Progress for each type, at the difficulty held last and one step around it. The points are oldest first."""
    latest = {point.type: point for point in points}
    ordered = sorted(latest.values(), key=lambda p: p.at, reverse=True)
    return [_of(last, [p for p in points if compares(p, last)]) for last in ordered]


def compares(one: TrendPoint, other: TrendPoint) -> bool:
    """Same type, and at most one step of difficulty apart."""
    return one.type is other.type and abs(one.difficulty.level - other.difficulty.level) <= 1


def _of(last: TrendPoint, comparable: Sequence[TrendPoint]) -> Progress:
    error = max(STANDARD_ERROR, fmean(_error(point) for point in comparable))
    needed = Z95 * math.sqrt(2) * error
    enough = len(comparable) >= MIN_COMPARABLE
    before = fmean(p.score for p in comparable[:ENDS]) if enough else None
    now = fmean(p.score for p in comparable[-ENDS:]) if enough else None
    return Progress(
        type=last.type,
        difficulty=last.difficulty,
        points=tuple(comparable),
        verdict=None if before is None or now is None else verdict_on(now - before, error),
        before=None if before is None else round(before),
        now=None if now is None else round(now),
        needed=math.ceil(needed),
    )


def _error(point: TrendPoint) -> float:
    """From the interval's longer arm: the shorter may have been cut off at 0 or 100."""
    return max(point.high - point.score, point.score - point.low) / Z95


def verdict_on(change: float, error: float) -> Verdict:
    """What a change of so many points means where one score is off by `error`."""
    reliable = abs(change) / (math.sqrt(2) * error)
    if reliable <= Z80:
        return "no_clear_change"
    if change > 0:
        return "improved" if reliable > Z95 else "probably_improved"
    return "declined" if reliable > Z95 else "probably_declined"
