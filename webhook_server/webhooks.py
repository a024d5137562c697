"""Where providers post. An event is answered once it is durable; what it changes is done by the worker."""

from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from core.errors import TooManyRequests
from core.ports.errors import BadSignature
from core.webhooks.intake import Intake
from core.webhooks.service import Arrival, Source, authenticated
from core.wiring import Greenroom
from webhook_server.deps import address_of
from webhook_server.errors import on_app_error
from webhook_server.middleware import INBOXES, announced_bytes
from webhook_server.wire import Wire

E = TypeVar("E", bound=Exception)
RAW_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}

AT_ONCE_BYTES = 64_000
"""Larger bodies are checked in a thread, so that reading one does not hold up everybody else."""


class Received(Wire):
    received: bool = True


RECEIVED = Received().model_dump_json(by_alias=True)


class Unread(APIRoute):
    """A route whose function is handed the request as it came and answers for itself. A signature is over bytes, so
    there is nothing to parse, validate or serialise, and what it takes to find that out is a fourth of an answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = self._answer

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response: Response = await self.endpoint(Request(scope, receive))
        except ClientDisconnect:
            response = Response(status_code=400)  # Nobody reads it, but it is counted, and is no fault of ours.
        await response(scope, receive, send)


def install(app: FastAPI) -> None:
    """Add the routes to the application itself: each router in between is looked through again for every request."""
    for path, function in zip(INBOXES, (vapi, razorpay), strict=True):
        app.router.add_api_route(
            path,
            function,
            methods=["POST"],
            response_model=Received,
            tags=["webhooks"],
            openapi_extra=RAW_BODY,
            route_class_override=Unread,
        )


async def vapi(request: Request) -> Response:
    return await _take(request, "vapi")


async def razorpay(request: Request) -> Response:
    return await _take(request, "razorpay")


async def _take(request: Request, source: Source) -> Response:
    app: Greenroom = request.app.state.greenroom
    intake: Intake = request.app.state.intake
    try:
        with intake.place(announced_bytes(request.headers)):
            await intake.put(await _authenticated(request, app, source))
    except BadSignature as exc:
        forged = _without_frames(exc)
    else:
        return Response(RECEIVED, media_type="application/json")
    # The place is free again: whoever forges keeps none while it is counted.
    return await _refused(request, app, forged)


async def _authenticated(request: Request, app: Greenroom, source: Source) -> Arrival:
    raw, headers = await request.body(), dict(request.headers.items())
    if len(raw) <= AT_ONCE_BYTES:
        return authenticated(app, source, raw, headers)
    return await run_in_threadpool(authenticated, app, source, raw, headers)


async def _refused(request: Request, app: Greenroom, forged: BadSignature) -> Response:
    address = address_of(request)
    try:
        if not app.rates.hit_at_hand("webhooks", address):
            await run_in_threadpool(app.rates.hit, "webhooks", address)
    except TooManyRequests as exc:
        return await on_app_error(request, _without_frames(exc))
    return await on_app_error(request, forged)


def _without_frames(exc: E) -> E:
    """What was raised in a thread and what waited for it hold each other, and the body with them, until the garbage
    collector comes by: megabytes for each forgery."""
    exc.__context__ = None
    return exc.with_traceback(None)
