"""Where providers post. An event is answered once it is durable; what it changes is done by the worker."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from core.ports.errors import BadSignature
from core.webhooks.intake import Intake
from core.webhooks.service import Source, authenticated
from core.wiring import Greenroom
from webhook_server.deps import address_of
from webhook_server.wire import Wire

PATH = "/api/webhooks"
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
        response: Response = await self.endpoint(Request(scope, receive))
        await response(scope, receive, send)


def install(app: FastAPI) -> None:
    """Add the routes to the application itself: each router in between is looked through again for every request."""
    for function in (vapi, razorpay):
        app.router.add_api_route(
            f"{PATH}/{function.__name__}",
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
    with intake.place():
        raw = await request.body()
        headers = dict(request.headers.items())
        try:
            if len(raw) <= AT_ONCE_BYTES:
                arrival = authenticated(app, source, raw, headers)
            else:
                arrival = await run_in_threadpool(authenticated, app, source, raw, headers)
        except BadSignature:
            await run_in_threadpool(app.rates.hit, "webhooks", address_of(request))
            raise
        await intake.put(arrival)
    return Response(RECEIVED, media_type="application/json")
