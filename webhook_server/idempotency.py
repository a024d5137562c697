"""`Idempotency-Key` on calls that create something."""

import asyncio
import re
import time
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from core.errors import FieldProblem
from core.idempotency import service
from core.idempotency.errors import KeyInUse
from core.idempotency.service import Answer, Claim
from core.wiring import Greenroom
from webhook_server.deps import current_actor

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
PATIENCE_SECONDS = 10.0
"""How long a repeated call waits for the first one before it is told to come again."""
LOOK_EVERY_SECONDS = 0.1
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def takes_key(route: object) -> bool:
    """Whether a route's calls may carry a key: those that answer 201."""
    return isinstance(route, CreatingRoute) and route.status_code == 201


class CreatingRoute(APIRoute):
    """A route that, where it creates something, does so once for each `Idempotency-Key`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if not takes_key(self):
            return handle

        async def handle_once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None:
                return await handle(request)
            if not _KEY.fullmatch(key):
                raise FieldProblem(HEADER, "1 to 255 visible ASCII characters.")
            app: Greenroom = request.app.state.greenroom
            taken = await _take(app, request, key, await request.body())
            if isinstance(taken, Answer):
                headers = {REPLAYED: "true"}
                return Response(taken.body, taken.status, headers, media_type=taken.media_type)
            return await _do(app, taken, handle(request))

        return handle_once


async def _take(app: Greenroom, request: Request, key: str, body: bytes) -> Claim | Answer:
    actor = await run_in_threadpool(current_actor, request, app)
    route = f"{request.method} {request.url.path}"

    def claim() -> Claim | Answer | None:
        with app.uow() as uow:
            return service.claim(uow, user_id=actor.user_id, key=key, route=route, body=body)

    end = time.monotonic() + PATIENCE_SECONDS
    while (taken := await run_in_threadpool(claim)) is None:
        if time.monotonic() > end:
            raise KeyInUse
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    return taken


async def _do(app: Greenroom, claim: Claim, call: Coroutine[Any, Any, Response]) -> Response:
    """Do the call and keep its answer. One that fails, or whose caller is gone, frees the key."""
    kept = False
    try:
        response = await call
        if response.status_code < 300:
            media_type = response.headers.get("content-type", "application/json")
            await run_in_threadpool(_keep, app, claim, Answer(response.status_code, media_type, bytes(response.body)))
            kept = True
        return response
    finally:
        if not kept:
            await run_in_threadpool(_release, app, claim)


def _keep(app: Greenroom, claim: Claim, answer: Answer) -> None:
    with app.uow() as uow:
        service.keep(uow, claim, answer)


def _release(app: Greenroom, claim: Claim) -> None:
    with app.uow() as uow:
        service.release(uow, claim)
