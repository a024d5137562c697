"""Stands between the product and the stand-ins: notes what is sent, and misbehaves where a fault asks for it."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults import HOLD_MS, Fault, FaultBoard, Provider

PATHS: tuple[tuple[str, Provider], ...] = (
    ("/gemini/", "gemini"),
    ("/vapi/call", "vapi"),
    ("/vapi/monitor/", "vapi"),
    ("/vapi/recordings/", "vapi"),
    ("/razorpay/v1/", "razorpay"),
)
"""What the product's servers call. What browsers load is neither noted nor faulted."""
MASKED_HEADERS = frozenset({"authorization", "x-goog-api-key", "x-vapi-secret", "cookie"})
MAX_REQUESTS = 2_000
MAX_NOTED_CHARS = 100_000
MAX_BODY_BYTES = 25 * 1024 * 1024

ErrorBody = Callable[[int], Response]


@dataclass
class RequestLog:
    """The last requests of the product, secrets masked."""

    secrets: Sequence[str]
    entries: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=MAX_REQUESTS))

    def note(self, provider: Provider, scope: Scope, body: bytes) -> dict[str, Any]:
        headers = {name: self._mask_header(name, value) for name, value in Headers(scope=scope).items()}
        entry = {
            "provider": provider,
            "method": scope["method"],
            "path": scope["path"],
            "query": self._mask(scope.get("query_string", b"").decode("latin-1")),
            "headers": headers,
            "body": self._body(body),
            "at": datetime.now(UTC).isoformat(),
            "status": None,
            "answeredAt": None,
        }
        self.entries.append(entry)
        return entry

    def _mask_header(self, name: str, value: str) -> str:
        if name not in MASKED_HEADERS:
            return self._mask(value)
        scheme, space, _ = value.partition(" ")
        return f"{scheme} ***" if space else "***"

    def _mask(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text

    def _body(self, body: bytes) -> Any:
        text = self._mask(body.decode(errors="replace"))
        if not text:
            return None
        if len(text) > MAX_NOTED_CHARS:
            return text[:MAX_NOTED_CHARS]
        try:
            return json.loads(text)
        except ValueError:
            return text


class Wire:
    """ASGI middleware. A held or garbled answer is that of a request which was carried out: a client's worst case."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        faults: Callable[[], FaultBoard],
        log: Callable[[], RequestLog],
        stopping: Callable[[], asyncio.Event],
        errors: dict[Provider, ErrorBody],
    ) -> None:
        self._app, self._faults, self._log, self._stopping, self._errors = app, faults, log, stopping, errors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        provider = _provider_of(scope)
        if provider is None:
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            await Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)(scope, receive, send)
            return
        entry = self._log().note(provider, scope, body)
        faults = self._faults()
        failing = faults.take(provider, "http_status")
        if failing:
            entry["status"] = failing.status
            await self._errors[provider](failing.status)(scope, receive, send)
            return
        held = faults.take(provider, "timeout")
        garbled = None if provider == "gemini" else faults.take(provider, "malformed", "truncated")
        messages = await self._answer(scope, body)
        entry["status"] = messages[0]["status"]
        if held and not await self._hold(held, receive):
            return
        entry["answeredAt"] = datetime.now(UTC).isoformat()
        for message in _garbled(messages, garbled) if garbled else messages:
            await send(message)

    async def _answer(self, scope: Scope, body: bytes) -> list[Message]:
        """Have the request carried out; what would be sent is kept."""
        sent: list[Message] = []
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                # The client is not asked: a hang-up must not undo what the request has begun.
                await asyncio.Event().wait()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            sent.append(message)

        await self._app(scope, replay, keep)
        return sent

    async def _hold(self, fault: Fault, receive: Receive) -> bool:
        """Wait as long as the fault asks; False when the client has gone or the sandbox stops."""
        gone = asyncio.create_task(_until_gone(receive))
        stopped = asyncio.create_task(self._stopping().wait())
        try:
            done, _ = await asyncio.wait(
                {gone, stopped}, timeout=fault.seconds(HOLD_MS), return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            gone.cancel()
            stopped.cancel()
        return gone not in done


def _provider_of(scope: Scope) -> Provider | None:
    if scope["type"] != "http":
        return None
    return next((provider for path, provider in PATHS if scope["path"].startswith(path)), None)


async def _read(receive: Receive) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body
        piece: bytes = message.get("body", b"")
        body += piece
        if len(body) > MAX_BODY_BYTES:
            return None
        if not message.get("more_body"):
            return body


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _garbled(messages: list[Message], fault: Fault) -> list[Message]:
    body = b"".join(message.get("body", b"") for message in messages if message["type"] == "http.response.body")
    if fault.fault == "malformed":
        body, kind = (
            b"<html><body>upstream connect error or disconnect/reset before headers</body></html>",
            b"text/html",
        )
    else:
        body, kind = body[: len(body) // 2], b"application/json"
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    return [
        {"type": "http.response.start", "status": messages[0]["status"], "headers": headers},
        {"type": "http.response.body", "body": body},
    ]


CORS_PATHS = ("/web/", "/razorpay/checkout/", "/vapi/room/", "/vapi/call/web")
"""What a page of another origin may load or call, as it may with the providers themselves."""


class BrowserAccess:
    """Cross-origin access for the browser's parts alone: no page may reach the control plane."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(CORS_PATHS):
            await self._app(scope, receive, send)
            return
        allowed = [
            (b"access-control-allow-origin", b"*"),
            (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
            (b"access-control-allow-headers", b"authorization, content-type"),
            (b"access-control-allow-private-network", b"true"),
            (b"cross-origin-resource-policy", b"cross-origin"),
            (b"cache-control", b"no-cache"),
        ]
        if scope["method"] == "OPTIONS":
            headers = {name.decode(): value.decode() for name, value in allowed}
            await Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)(scope, receive, send)
            return

        async def with_access(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *allowed]
            await send(message)

        await self._app(scope, receive, with_access)
