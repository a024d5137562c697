"""What an operator asks over HTTP."""

from datetime import datetime

from fastapi import APIRouter

from core.operations import service
from core.webhooks.models import EventStatus
from webhook_server.deps import App, Caller, Limit
from webhook_server.wire import Wire

router = APIRouter(prefix="/api/admin", tags=["operations"])


class EventReply(Wire):
    event_id: str
    source: str
    type: str
    status: EventStatus
    attempts: int
    outcome: str | None
    session_id: str | None
    received_at: datetime
    handled_at: datetime | None


class EventsReply(Wire):
    items: list[EventReply]
    next_cursor: str | None


@router.get("/events")
def list_events(
    app: App, caller: Caller, status: EventStatus | None = None, limit: Limit = 20, cursor: str | None = None
) -> EventsReply:
    """Providers' messages, newest first, without what they say."""
    page = app.uow.look(service.events_page, caller, status=status, limit=limit, cursor=cursor)
    return EventsReply(items=[EventReply.model_validate(i) for i in page.items], next_cursor=page.next_cursor)


@router.post("/events/{event_id}/replay", status_code=202)
def replay_event(event_id: str, app: App, caller: Caller) -> EventReply:
    """Have a message handled again."""
    with app.uow() as uow:
        return EventReply.model_validate(service.replay(uow, caller, event_id))
