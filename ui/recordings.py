"""Recordings for the browser's player: by the session's cookie to their owner, and to a coach they are shared with.

Nothing on the way keeps them.
"""

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from core.accounts import service as accounts
from core.cohorts import hearing
from core.errors import AppError
from core.interviews import recordings
from core.wiring import greenroom
from ui.identity import COOKIE

PATH = "/recordings/{session_id}/{attempt:int}"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
HEADERS = {"Cache-Control": "private, no-store", "Accept-Ranges": "bytes", "Content-Disposition": "inline"}


async def recording(request: Request) -> Response:
    """The sound, whole or the part that the player asks for. Whatever is not the caller's is not there."""
    session_id, attempt = request.path_params["session_id"], request.path_params["attempt"]
    cookie = request.cookies.get(COOKIE, "")
    shared_in = (request.query_params.get("cohort"), request.query_params.get("learner"))
    sound = await run_in_threadpool(_sound, cookie, session_id, attempt, *shared_in)
    if sound is None:
        return Response(status_code=404, headers={"Cache-Control": "no-store"})
    return partial(sound, request.headers.get("range"))


def _sound(cookie: str, session_id: str, attempt: int, cohort_id: str | None, learner_id: str | None) -> bytes | None:
    app = greenroom()
    with app.uow() as uow:
        actor = accounts.actor_of_cookie(uow, cookie) if cookie else None
    if actor is None:
        return None
    try:
        if cohort_id and learner_id:
            return hearing.shared_sound(app, actor, cohort_id, learner_id, session_id, attempt)
        return recordings.sound(app, actor, session_id, attempt)
    except AppError:
        return None


def partial(content: bytes, wanted: str | None) -> Response:
    """An answer to a request for a range of bytes, as RFC 9110 has it; a range that cannot be read is none."""
    kind = "audio/wav" if content[:4] == b"RIFF" else "audio/mpeg"
    found = _RANGE.fullmatch(wanted or "")
    if found is None or found.group() == "bytes=-":
        return Response(content, media_type=kind, headers=HEADERS)
    first, last = _bounds(found.group(1), found.group(2), len(content))
    if first > last or first >= len(content):
        return Response(status_code=416, headers={**HEADERS, "Content-Range": f"bytes */{len(content)}"})
    about = {**HEADERS, "Content-Range": f"bytes {first}-{last}/{len(content)}"}
    return Response(content[first : last + 1], 206, media_type=kind, headers=about)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
