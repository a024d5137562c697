"""Handling stored events."""

from typing import TYPE_CHECKING

from core.jobs import job
from core.webhooks import flows, service
from core.webhooks.models import EventStatus

if TYPE_CHECKING:
    from core.wiring import Greenroom


def bury(greenroom: "Greenroom", event_id: str) -> None:
    """The last attempt failed: the event goes where an operator sees and replays it."""
    with greenroom.uow() as uow:
        service.close(uow, event_id, EventStatus.DEAD, "failed for good")


@job("webhooks.handle_event", when_dead=bury)
def handle_event(greenroom: "Greenroom", event_id: str) -> None:
    """Apply one stored event; one that was handled already is left alone."""
    flows.handle_event(greenroom, event_id)
