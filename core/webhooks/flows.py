"""From a stored message to what it changes."""

from typing import TYPE_CHECKING

import structlog

from core.db import Uow
from core.interviews import calls as interviews
from core.interviews.errors import CallNotKnownYet
from core.payments import flows as payments
from core.ports.payments import PaymentEvent, ProviderPayment, ProviderRefund
from core.ports.voice import CallEnded, CallReport, NotForUs, VoiceEvent
from core.webhooks import service
from core.webhooks.models import EventStatus, WebhookEvent

if TYPE_CHECKING:
    from core.wiring import Greenroom

log = structlog.get_logger(__name__)

News = PaymentEvent | VoiceEvent
NEW_EVENT_SECONDS = 60
"""An event may overtake the transaction that makes its interview: until then nothing is said to be nobody's."""
ERASE_CALL = "webhooks.erase_call"
RECORDED_AFTER = interviews.RECORDING_PATIENCE
"""A call's recording comes after its report: erased before that, it would stay."""


def handle_event(greenroom: "Greenroom", event_id: str) -> None:
    """Read a stored message and apply it; safe to run twice.

    Raises: what the handling flow raises; the event then stays open for another attempt.
    """
    with greenroom.uow() as uow:
        event = service.event_by_id(uow, event_id)
    if event is None or event.status in (EventStatus.HANDLED, EventStatus.IGNORED):
        return
    age = _age(greenroom, event)
    news = _read(greenroom, event)
    status, outcome = _apply(greenroom, news, age)
    session_id = _session_of(greenroom, news)
    if session_id is None and age < NEW_EVENT_SECONDS and isinstance(news, NotForUs) and news.call_id:
        raise CallNotKnownYet(news.call_id)
    with greenroom.uow() as uow:
        _tie(uow, event_id, news, session_id)
        if session_id is None and isinstance(news, CallEnded | CallReport):
            uow.enqueue(ERASE_CALL, after_seconds=RECORDED_AFTER.total_seconds(), call_id=news.call_id)
        service.close(uow, event_id, status, outcome)


def bury(greenroom: "Greenroom", event_id: str) -> None:
    """The last attempt failed: the event goes where an operator sees and replays it.

    It is tied to its interview like one that was handled, as far as it can be read: it is to go with that, too.
    """
    with greenroom.uow() as uow:
        event = service.event_by_id(uow, event_id)
    if event is None or event.status is EventStatus.HANDLED:
        return
    try:
        news = _read(greenroom, event)
    except Exception as exc:  # noqa: BLE001  that may be what it died of, and it is to be seen all the same
        log.warning("a dead event cannot be read", event_id=event_id, error=type(exc).__name__)
        news = NotForUs(event.type)
    session_id = _session_of(greenroom, news)
    with greenroom.uow() as uow:
        if session_id is not None or _age(greenroom, event) >= NEW_EVENT_SECONDS:
            _tie(uow, event_id, news, session_id)
        service.close(uow, event_id, EventStatus.DEAD, "failed for good")


def erase_call(greenroom: "Greenroom", call_id: str) -> None:
    """Erase what the provider keeps of a call that ended after its interview was erased: there was nothing then.

    Raises: VoiceDown, VoiceRefused.
    """
    if interviews.session_of_call(greenroom, call_id) is None:
        greenroom.voice.delete_call(call_id)


def _age(greenroom: "Greenroom", event: WebhookEvent) -> float:
    """In seconds."""
    return (greenroom.clock() - event.received_at).total_seconds()


def _read(greenroom: "Greenroom", event: WebhookEvent) -> News:
    message = service.parse(event.source, event.payload)
    return greenroom.payments.read(message) if event.source == "razorpay" else greenroom.voice.read(message)


def _apply(greenroom: "Greenroom", news: News, age: float) -> tuple[EventStatus, str]:
    """The state in which it leaves the event, and what came of it."""
    if isinstance(news, ProviderPayment | ProviderRefund):
        return EventStatus.HANDLED, payments.handle_payment_event(greenroom, news, age_seconds=age)
    if not isinstance(news, NotForUs):
        return EventStatus.HANDLED, interviews.handle_voice_event(greenroom, news, age_seconds=age)
    return EventStatus.IGNORED, "kept, nothing to do"


def _session_of(greenroom: "Greenroom", news: News) -> str | None:
    """The interview it is about, None where there is none (any more)."""
    if isinstance(news, ProviderPayment | ProviderRefund):
        return payments.session_of(greenroom, news)
    return interviews.session_of_call(greenroom, news.call_id) if news.call_id else None


def _tie(uow: Uow, event_id: str, news: News, session_id: str | None) -> None:
    """Have an event go with its interview; what is about one that cannot be found (any more) is forgotten at once."""
    if session_id is not None:
        service.belongs_to(uow, event_id, session_id)
    elif not isinstance(news, NotForUs) or news.call_id is not None:
        service.empty(uow, event_id)
