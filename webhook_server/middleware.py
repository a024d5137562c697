"""What every request goes through: an id, a body limit, headers. Pure ASGI, so that nothing is buffered twice."""

import re
import time
import uuid
from collections.abc import Mapping, Sequence

from opentelemetry.trace import SpanKind
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import tracing
from core.acting import acting
from core.errors import Busy, TooManyRequests
from core.metrics import REQUEST_SECONDS, REQUESTS
from core.ratelimit import RateState, observed
from core.webhooks.intake import RETRY_AFTER_SECONDS
from webhook_server.deps import address_of
from webhook_server.errors import on_app_error, on_bug, problem

MAX_BODY = 1_000_000
MAX_SETUP_BODY = 2_000_000
MAX_WEBHOOK_BODY = 10_000_000
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
_SECURITY = tuple((name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items())
INBOXES: tuple[str, ...] = ("/api/webhooks/vapi", "/api/webhooks/razorpay")
WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")


class _TooLarge(HTTPException):
    """As the framework's own, since it makes a 400 of any other that is raised while it reads a body."""

    def __init__(self) -> None:
        super().__init__(413)


class _Framed:
    """Sends an answer with the headers that every answer has, and notes its status."""

    def __init__(self, send: Send, name: str) -> None:
        self._send = send
        self._name = name
        self.status = 0
        self.rates: Sequence[RateState] = ()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = [pair for pair in message["headers"] if pair[0] != b"x-request-id"]
            names = {name for name, _ in given}
            message["headers"] = [
                *given,
                (b"x-request-id", self._name.encode()),
                *_raw(rate_headers(self.rates)),
                *(pair for pair in _SECURITY if pair[0] not in names),
            ]
        await self._send(message)


class Frame:
    """Request id, limits and headers around everything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        name = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = name
        started, framed = time.monotonic(), _Framed(send, name)
        try:
            if _is_for_a_full_inbox(scope, headers):
                await _busy(scope)(scope, receive, framed)
            else:
                await self._answer(scope, receive, framed, headers)
        except Exception as exc:  # noqa: BLE001  the outermost place: outside of it an answer has no headers
            if framed.status:
                raise
            await (await on_bug(Request(scope), exc))(scope, receive, framed)
        operation = _operation(scope)
        REQUESTS.labels(operation, str(framed.status)).inc()
        REQUEST_SECONDS.labels(operation).observe(time.monotonic() - started)

    async def _answer(self, scope: Scope, receive: Receive, framed: _Framed, headers: Headers) -> None:
        kind = f"{scope['method']} {_kind_of(scope['path'])}"
        with (
            tracing.request(scope["state"]["request_id"]),
            acting(),
            observed() as framed.rates,
            tracing.span(kind, SpanKind.SERVER, carrier=headers),
        ):
            app = await _over_the_rate(scope) or _refusal(scope, headers) or self._app
            await app(scope, _limited(scope, receive), framed)


def _kind_of(path: str) -> str:
    """The first words of a path: ids of people and interviews are no names of spans."""
    return "/".join(path.split("/")[:3])


def _operation(scope: Scope) -> str:
    """The function that answered: neither paths nor methods, of which a caller can make up any number."""
    endpoint = scope.get("endpoint")
    return f"{endpoint.__module__.rpartition('.')[2]}.{endpoint.__name__}" if endpoint else "none"


def rate_headers(seen: Sequence[RateState]) -> dict[str, str]:
    """The limit that is nearest to its end, and the policy of each that was looked at."""
    if not seen:
        return {}
    tightest = min(seen, key=lambda state: (state.remaining > 0, state.remaining / state.limit))
    policies = dict.fromkeys(f"{state.limit};w={state.window_seconds}" for state in seen)
    return {
        "RateLimit-Limit": str(tightest.limit),
        "RateLimit-Remaining": str(tightest.remaining),
        "RateLimit-Reset": str(tightest.reset_seconds),
        "RateLimit-Policy": ", ".join(policies),
    }


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


async def _over_the_rate(scope: Scope) -> Response | None:
    """Count the call for the address it comes from.

    What only asks how the server is, is not counted; nor is what a provider may have sent: providers send from few
    addresses, more than any limit that would stop somebody else, and have 503 to tell them of a full inbox. Whoever is
    no provider is counted where that is found out.
    """
    if _is_for_an_inbox(scope) or scope["path"].startswith("/health/"):
        return None
    request = Request(scope)
    rates, address = request.app.state.greenroom.rates, address_of(request)
    try:
        if not rates.hit_at_hand("address", address):
            await run_in_threadpool(rates.hit, "address", address)
    except TooManyRequests as exc:
        return await on_app_error(request, exc)
    return None


def _is_for_an_inbox(scope: Scope) -> bool:
    return scope["path"] in INBOXES and scope["method"] == "POST"


def _is_for_a_full_inbox(scope: Scope, headers: Headers) -> bool:
    if not _is_for_an_inbox(scope):
        return False
    size = announced_bytes(headers)
    return size <= MAX_WEBHOOK_BODY and not scope["app"].state.intake.has_room(size)


def _busy(scope: Scope) -> Response:
    """Said before anything is done about a message, this costs a third of an answer. Said any later it costs as much as
    one, and the more is sent beyond what can be taken, the less is taken."""
    busy = Busy(retry_after_seconds=RETRY_AFTER_SECONDS)
    headers = {"Retry-After": str(busy.retry_after_seconds)}
    return problem(Request(scope), 503, busy.code, busy.message, headers=headers)


def announced_bytes(headers: Headers) -> int:
    """How large the body of a message for an inbox may be: its length, or the most where it comes in pieces."""
    length = headers.get("content-length", "")
    if length.isdigit():
        return int(length)
    return MAX_WEBHOOK_BODY if "transfer-encoding" in headers else 0


def _limit(scope: Scope) -> int:
    if _is_for_an_inbox(scope):
        return MAX_WEBHOOK_BODY
    return MAX_SETUP_BODY if scope["path"] == "/api/interviews/setup" else MAX_BODY


def _refusal(scope: Scope, headers: Headers) -> Response | None:
    """What can be refused before anything is done about it."""
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > _limit(scope):
        return problem(Request(scope), 413, "too_large", "The body is too large.")
    if _is_for_an_inbox(scope):
        return None
    has_body = length not in ("", "0") or "transfer-encoding" in headers
    if scope["method"] in WITH_BODY and has_body:
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            return problem(Request(scope), 415, "not_json", "Send application/json.")
    return None


def _limited(scope: Scope, receive: Receive) -> Receive:
    """Count what really comes: a length may be absent or a lie."""
    seen, limit = 0, _limit(scope)

    async def receive_counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _TooLarge
        return message

    return receive_counted
