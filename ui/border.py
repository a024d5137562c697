"""What Streamlit's server offers to everybody and ours does not: its own figures, driving the app by a program, and
leaving files in this process's memory without being signed in."""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.accounts import service
from core.errors import TooManyRequests
from core.wiring import greenroom
from ui.identity import COOKIE

CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
UPLOADS = "/_stcore/upload_file"
_READS_NOTHING = ("OPTIONS", "HEAD", "GET")


class Border:
    """Turn away, before Streamlit reads a byte of the body, what nobody signed in has asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = await _refusal(scope) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)


async def _refusal(scope: Scope) -> Response | None:
    path = scope["path"]
    if _is_under(path, CLOSED):
        return Response(status_code=404)
    if _is_under(path, (UPLOADS,)) and scope["method"] not in _READS_NOTHING:
        cookie = cookie_parser(Headers(scope=scope).get("cookie", "")).get(COOKIE, "")
        return await run_in_threadpool(_upload_refusal, cookie)
    return None


def _is_under(path: str, roots: tuple[str, ...]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def _upload_refusal(cookie: str) -> Response | None:
    app = greenroom()
    with app.uow() as uow:
        actor = service.actor_of_cookie(uow, cookie)
    if actor is None:
        return Response(status_code=403)
    try:
        app.rates.hit("uploads", actor.user_id)
    except TooManyRequests as exc:
        return Response(status_code=429, headers={"Retry-After": str(exc.retry_after_seconds)})
    return None
