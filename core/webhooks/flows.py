"""From a stored message to what it changes."""

from typing import TYPE_CHECKING

from core.interviews import calls as interviews
from core.interviews.errors import CallNotKnownYet
from core.payments import flows as payments
from core.ports.payments import ProviderPayment
from core.ports.voice import CallConnected, CallEnded, CallReport, NotForUs
from core.webhooks import service
from core.webhooks.models import EventStatus, WebhookEvent

if TYPE_CHECKING:
    from core.wiring import Greenroom


NEW_EVENT_SECONDS = 60
"""An event may overtake the transaction that makes its interview: until then nothing is said to be nobody's."""


def handle_event(greenroom: "Greenroom", event_id: str) -> None:
    """Read a stored message and apply it; safe to run twice.

    Raises: what the handling flow raises; the event then stays open for another attempt.
    """
    with greenroom.uow() as uow:
        event = service.event_by_id(uow, event_id)
    if event is None or event.status in (EventStatus.HANDLED, EventStatus.IGNORED):
        return
    age = (greenroom.clock() - event.received_at).total_seconds()
    status, outcome, session_id, leads_nowhere = _apply(greenroom, event, age)
    with greenroom.uow() as uow:
        if session_id is not None:
            service.belongs_to(uow, event_id, session_id)
        elif leads_nowhere:
            service.empty(uow, event_id)
        service.close(uow, event_id, status, outcome)


def _apply(greenroom: "Greenroom", event: WebhookEvent, age: float) -> tuple[EventStatus, str, str | None, bool]:
    """State, outcome, the interview it is about, and whether it names one that is not (any more) to be found."""
    message = service.parse(event.source, event.payload)
    if event.source == "razorpay":
        notice = greenroom.payments.read(message)
        if isinstance(notice, NotForUs):
            return EventStatus.IGNORED, "kept, nothing to do", None, False
        outcome = payments.handle_payment_event(greenroom, notice, age_seconds=age)
        order_id = notice.order_id if isinstance(notice, ProviderPayment) else None
        return EventStatus.HANDLED, outcome, payments.session_of_order(greenroom, order_id), False
    news = greenroom.voice.read(message)
    if not isinstance(news, CallConnected | CallEnded | CallReport):
        if news.call_id is None:
            return EventStatus.IGNORED, "kept, nothing to do", None, False
        session_id = interviews.session_of_call(greenroom, news.call_id)
        if session_id is None and age < NEW_EVENT_SECONDS:
            raise CallNotKnownYet(news.call_id)
        return EventStatus.IGNORED, "kept, nothing to do", session_id, session_id is None
    outcome = interviews.handle_voice_event(greenroom, news, age_seconds=age)
    session_id = interviews.session_of_call(greenroom, news.call_id)
    return EventStatus.HANDLED, outcome, session_id, session_id is None
