"""The heat map of learners and competencies: shrunken means, and none where there is too little to say."""

from collections import defaultdict
from dataclasses import dataclass

from core.cohorts.types import Analytics

SHRINK_BY = 3
"""A learner's mean is drawn towards the cohort's as if by three interviews more."""
GREY_BELOW = 3


@dataclass(frozen=True)
class Cell:
    """`mean` is shrunken, 0-100, None under three interviews."""

    competency: str
    n: int
    mean: float | None


@dataclass(frozen=True)
class Row:
    user_id: str
    cells: tuple[Cell, ...]


def rows(found: Analytics) -> list[Row]:
    """A row for each learner, those with the lowest cells first, those without any last."""
    whole = {c.competency: c.mean for c in found.competencies}
    cells: dict[str, list[Cell]] = defaultdict(list)
    for cell in found.heatmap:
        mean = shrunken(cell.n, cell.mean, whole[cell.competency])
        cells[cell.user_id].append(Cell(cell.competency, cell.n, mean))
    return sorted((Row(user, tuple(held)) for user, held in cells.items()), key=_need)


def shrunken(n: int, mean: float, whole: float) -> float | None:
    """(n · mean + 3 · cohort's mean) / (n + 3), None under three."""
    return None if n < GREY_BELOW else round((n * mean + SHRINK_BY * whole) / (n + SHRINK_BY), 1)


def _need(row: Row) -> tuple[float, str]:
    return min((c.mean for c in row.cells if c.mean is not None), default=101.0), row.user_id
