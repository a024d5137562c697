"""The API with two routes more, to be measured against: one that does nothing, and webhooks as one would first build
them. Same server, same middleware."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from core.ids import new_id
from core.webhooks.jobs import handle_event  # noqa: F401  registers the job that is queued
from core.webhooks.models import EventStatus, WebhookEvent
from core.webhooks.service import HANDLE, authenticated
from core.wiring import Greenroom
from webhook_server import middleware
from webhook_server.main import make_app
from webhook_server.webhooks import Received

EMPTY, PLAIN = "/api/webhooks/bench/empty", "/api/webhooks/bench/plain"
router = APIRouter()


@router.get("/api/bench/empty")
@router.post(EMPTY)
async def empty(request: Request) -> Received:
    """Reads its body, if it has one, and does nothing."""
    await request.body()
    return Received()


@router.post(PLAIN)
async def plain(request: Request) -> Received:
    """One transaction for each request, the job queued in it, on a thread."""
    raw = await request.body()
    await run_in_threadpool(_store, request.app.state.greenroom, raw, dict(request.headers))
    return Received()


def _store(greenroom: Greenroom, raw: bytes, headers: dict[str, str]) -> None:
    arrival = authenticated(greenroom, "vapi", raw, headers)
    with greenroom.uow() as uow:
        event = WebhookEvent(
            id=new_id("evt"),
            source=arrival.source,
            event_key=arrival.incoming.key,
            type=arrival.incoming.type,
            status=EventStatus.RECEIVED,
            attempts=0,
            received_at=uow.now,
        )
        event.payload = arrival.raw
        uow.session.add(event)
        uow.enqueue(HANDLE, event_id=event.id)


app = make_app()
app.include_router(router)
# Before all others: being found late must not make these look slow.
app.router.routes.insert(0, app.router.routes.pop())
# And counted and limited like those of the webhooks.
middleware.INBOXES = (*middleware.INBOXES, EMPTY, PLAIN)
