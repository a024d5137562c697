"""Sending mails and text messages."""

from typing import TYPE_CHECKING

from core.jobs import job
from core.notifications import flows

if TYPE_CHECKING:
    from core.wiring import Greenroom


@job("notifications.deliver", when_dead=flows.give_up)
def deliver(greenroom: "Greenroom", message_id: str) -> None:
    """Send one message of the outbox."""
    flows.deliver(greenroom, message_id)
