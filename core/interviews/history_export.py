"""The list of somebody's interviews as rows, to take along."""

from collections.abc import Iterator
from typing import Any

from core.accounts.types import Actor
from core.db import Uow
from core.interviews.service import history
from core.interviews.types import HistoryItem
from core.paging import MAX_LIMIT

HEADER = (
    "interview_id", "set_up_utc", "ended_utc", "type", "difficulty", "mode", "status", "focus_areas",
    "duration_seconds", "score", "price_minor_units", "currency", "purpose",
)  # fmt: skip


def history_rows(uow: Uow, actor: Actor) -> Iterator[tuple[Any, ...]]:
    """The header, then the caller's interviews, newest first. Empty cells stand for what is not there."""
    yield HEADER
    for item in _all(uow, actor):
        yield (
            item.session_id,
            item.created_at.isoformat(timespec="seconds"),
            item.ended_at.isoformat(timespec="seconds") if item.ended_at else "",
            item.type.value,
            item.difficulty.value,
            item.mode.value,
            item.status.value,
            " ".join(item.focus_areas),
            "" if item.duration_seconds is None else item.duration_seconds,
            "" if item.overall_score is None else item.overall_score,
            item.pricing.amount,
            item.pricing.currency,
            "study" if item.study else "real",
        )


def history_records(uow: Uow, actor: Actor) -> list[dict[str, Any]]:
    """The same as records: None where a cell is empty."""
    header, *rows = history_rows(uow, actor)
    return [{name: None if cell == "" else cell for name, cell in zip(header, row, strict=True)} for row in rows]


def _all(uow: Uow, actor: Actor) -> Iterator[HistoryItem]:
    cursor: str | None = None
    while True:
        page = history(uow, actor, limit=MAX_LIMIT, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return
