"""The in-app inbox over HTTP."""

from datetime import datetime

from fastapi import APIRouter

from core.notifications import service
from core.notifications.types import NoticeKind
from core.notifications.wording import words_of
from webhook_server.deps import App, Caller, Limit
from webhook_server.wire import Wire

router = APIRouter(prefix="/api/notifications", tags=["account"])


class NoticeReply(Wire):
    notification_id: str
    kind: NoticeKind
    title: str
    session_id: str | None
    created_at: datetime
    read_at: datetime | None


class NoticesReply(Wire):
    items: list[NoticeReply]
    next_cursor: str | None


@router.get("")
def list_notifications(app: App, caller: Caller, limit: Limit = 20, cursor: str | None = None) -> NoticesReply:
    """What the caller was told, newest first. Reading them here does not mark them as read."""
    page = app.uow.look(service.inbox, caller, limit=limit, cursor=cursor)
    items = [
        NoticeReply(
            notification_id=notice.notification_id,
            kind=notice.kind,
            title=words_of(notice.kind, notice.facts).title,
            session_id=notice.session_id,
            created_at=notice.created_at,
            read_at=notice.read_at,
        )
        for notice in page.items
    ]
    return NoticesReply(items=items, next_cursor=page.next_cursor)
