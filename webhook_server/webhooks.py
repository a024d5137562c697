"""Where providers post. An event is answered once it is durable; what it changes is done by the worker."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from core.ports.errors import BadSignature
from core.webhooks.intake import Intake
from core.webhooks.service import Source, authenticated
from core.wiring import Greenroom
from webhook_server.deps import address_of
from webhook_server.wire import Wire

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])
RAW_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}

AT_ONCE_BYTES = 64_000
"""Larger bodies are checked in a thread, so that reading one does not hold up everybody else."""


class Received(Wire):
    received: bool = True


RECEIVED = Received().model_dump(by_alias=True)


@router.post("/vapi", response_model=Received, openapi_extra=RAW_BODY)
async def vapi(request: Request) -> JSONResponse:
    return await _take(request, "vapi")


@router.post("/razorpay", response_model=Received, openapi_extra=RAW_BODY)
async def razorpay(request: Request) -> JSONResponse:
    return await _take(request, "razorpay")


async def _take(request: Request, source: Source) -> JSONResponse:
    app: Greenroom = request.app.state.greenroom
    intake: Intake = request.app.state.intake
    with intake.place():
        raw = await request.body()
        headers = dict(request.headers)
        try:
            if len(raw) <= AT_ONCE_BYTES:
                arrival = authenticated(app, source, raw, headers)
            else:
                arrival = await run_in_threadpool(authenticated, app, source, raw, headers)
        except BadSignature:
            await run_in_threadpool(app.rates.hit, "webhooks", address_of(request))
            raise
        await intake.put(arrival)
    return JSONResponse(RECEIVED)
