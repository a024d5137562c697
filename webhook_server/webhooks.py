"""Where providers post. An event is answered once it is durable; what it changes is done by the worker."""

from typing import TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from core.errors import TooManyRequests
from core.ports.errors import BadSignature
from core.webhooks.intake import Intake
from core.webhooks.service import Arrival, Source, authenticated
from core.wiring import Greenroom
from webhook_server.deps import address_of
from webhook_server.errors import answer, on_app_error
from webhook_server.middleware import INBOXES, announced_bytes
from webhook_server.wire import Wire

E = TypeVar("E", bound=Exception)
RAW_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}

AT_ONCE_BYTES = 64_000
"""Larger bodies are checked in a thread, so that reading one does not hold up everybody else."""


class Received(Wire):
    received: bool = True


RECEIVED = Response(Received().model_dump_json(by_alias=True), media_type="application/json")


def is_posted(scope: Scope) -> bool:
    """Whether a call is a message for an inbox."""
    return scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in FUNCTIONS


async def answered(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a message without what the framework does for a call (its own middleware, compression, the search for a
    route, what a route depends on): a signature is over bytes, so there is nothing to parse, validate or serialise, and
    what it takes to find that out is a third of an answer."""
    function = scope["endpoint"] = FUNCTIONS[scope["path"]]
    request = Request(scope, receive)
    try:
        response = await function(request)
    except Exception as exc:  # noqa: BLE001  what is a bug is raised again
        response = await answer(request, exc)
        _without_frames(exc)
    await response(scope, receive, send)


def install(app: FastAPI) -> None:
    """Tell of the inboxes in the OpenAPI document, and have their other methods refused."""
    for path, function in FUNCTIONS.items():
        app.add_api_route(
            path, function, methods=["POST"], response_model=Received, tags=["webhooks"], openapi_extra=RAW_BODY
        )


async def vapi(request: Request) -> Response:
    return await _take(request, "vapi")


async def razorpay(request: Request) -> Response:
    return await _take(request, "razorpay")


FUNCTIONS = dict(zip(INBOXES, (vapi, razorpay), strict=True))


async def _take(request: Request, source: Source) -> Response:
    app: Greenroom = request.app.state.greenroom
    intake: Intake = request.app.state.intake
    try:
        with intake.place(announced_bytes(request.headers)):
            await intake.put(await _authenticated(request, app, source))
    except BadSignature as exc:
        forged = _without_frames(exc)
    else:
        return RECEIVED
    # The place is free again: whoever forges keeps none while it is counted.
    return await _refused(request, app, forged)


async def _authenticated(request: Request, app: Greenroom, source: Source) -> Arrival:
    raw = await request.body()
    if len(raw) <= AT_ONCE_BYTES:
        return authenticated(app, source, raw, request.headers)
    return await run_in_threadpool(authenticated, app, source, raw, request.headers)


async def _refused(request: Request, app: Greenroom, forged: BadSignature) -> Response:
    address = address_of(request)
    try:
        if not app.rates.hit_at_hand("webhooks", address):
            await run_in_threadpool(app.rates.hit, "webhooks", address)
    except TooManyRequests as exc:
        return await on_app_error(request, _without_frames(exc))
    return await on_app_error(request, forged)


def _without_frames(exc: E) -> E:
    """What was raised in a thread or for a batch and what waited for it hold each other, and bodies with them, until
    the garbage collector comes by: megabytes for each forgery or batch."""
    exc.__context__ = None
    return exc.with_traceback(None)
