"""Our own copy of what was recorded: where a turn is heard in it, and the sound itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.accounts.types import Actor
from core.db import Uow
from core.errors import NotFound
from core.interviews import repo, service
from core.interviews.erasure import recordings_prefix

if TYPE_CHECKING:
    from core.wiring import Greenroom


@dataclass(frozen=True)
class Recordings:
    """The recorded attempts of an interview, each with where its first turn stands in the transcript, in ms."""

    starts: dict[int, int]

    def place(self, turn_id: str, start_ms: int | None) -> tuple[int, int] | None:
        """The attempt and the second at which a turn is heard, None where it was not recorded."""
        attempt = _attempt(turn_id)
        if start_ms is None or attempt is None or attempt not in self.starts:
            return None
        return attempt, max(0, start_ms - self.starts[attempt]) // 1000


def recordings_of(uow: Uow, actor: Actor, session_id: str) -> Recordings:
    """Raises: NotFound (no such interview of the caller's)."""
    service.own(uow, actor, session_id)
    return recorded_in(uow, session_id)


def recorded_in(uow: Uow, session_id: str) -> Recordings:
    """The recordings of an interview, for callers who have asked its owner."""
    transcript = repo.transcript_of(uow, session_id)
    if transcript is None or transcript.recording_key is None:
        return Recordings({})
    recorded = {call.attempt for call in repo.calls_of(uow, session_id) if call.reported_at is not None}
    starts: dict[int, int] = {}
    for segment in service.segments_of(transcript):
        attempt = _attempt(segment.id)
        if attempt in recorded and segment.start_ms is not None:
            starts[attempt] = min(starts.get(attempt, segment.start_ms), segment.start_ms)
    return Recordings(starts)


def _attempt(turn_id: str) -> int | None:
    """Of a spoken turn, `a<attempt>-<number>`; typed turns are called otherwise."""
    name = turn_id.partition("-")[0]
    return int(name[1:]) if name.startswith("a") and name[1:].isdigit() else None


def sound(greenroom: "Greenroom", actor: Actor, session_id: str, attempt: int) -> bytes:
    """The recording of one attempt of the caller's. Raises: NotFound, also where another's is asked for."""
    with greenroom.uow() as uow:
        service.own(uow, actor, session_id)
        key = key_of(uow, session_id, attempt)
    return greenroom.objects.get(key)


def key_of(uow: Uow, session_id: str, attempt: int) -> str:
    """Where one attempt's recording is kept, for callers who have asked its owner. Raises: NotFound."""
    call = next((c for c in repo.calls_of(uow, session_id) if c.attempt == attempt), None)
    if call is None:
        raise NotFound("recording")
    return f"{recordings_prefix(session_id)}{call.id}"
