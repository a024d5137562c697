"""How far the writing of a report has come, for whoever waits for it.

It stands in the cache alone: losing it loses nothing, the page then shows what the database knows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.accounts.types import Actor

if TYPE_CHECKING:
    from core.wiring import Greenroom

KEPT_SECONDS = 900


class Step(StrEnum):
    JUDGING = "judging"
    COACHING = "coaching"


@dataclass(frozen=True)
class Stage:
    """What is being done, and of how many answers how many are judged."""

    step: Step
    judged: int
    answers: int


Tell = Callable[[Stage], None]


def nobody(_stage: Stage) -> None:
    """Nobody waits: for a report that is scored again."""


def teller(greenroom: "Greenroom", owner: str, session_id: str) -> Tell:
    """What writes down how far it has come, and has its owner's open pages look."""

    def tell(stage: Stage) -> None:
        value = [stage.step, stage.judged, stage.answers]
        greenroom.cache.set(_key(owner, session_id), value, ttl_seconds=KEPT_SECONDS)
        greenroom.live.tell(owner)

    return tell


def stage_of(greenroom: "Greenroom", actor: Actor, session_id: str) -> Stage | None:
    """How far the caller's report has come, None where that is not known."""
    found = greenroom.cache.get(_key(actor.user_id, session_id))
    return Stage(Step(found[0]), found[1], found[2]) if found else None


def _key(owner: str, session_id: str) -> str:
    return f"stage:{owner}:{session_id}"
