"""Handling stored events."""

from typing import TYPE_CHECKING

from core.jobs import job
from core.webhooks import flows

if TYPE_CHECKING:
    from core.wiring import Greenroom


@job("webhooks.handle_event", when_dead=flows.bury)
def handle_event(greenroom: "Greenroom", event_id: str) -> None:
    """Apply one stored event; one that was handled already is left alone."""
    flows.handle_event(greenroom, event_id)


@job("webhooks.erase_call")
def erase_call(greenroom: "Greenroom", call_id: str) -> None:
    """Remove the provider's copy of a call whose interview is gone."""
    flows.erase_call(greenroom, call_id)
