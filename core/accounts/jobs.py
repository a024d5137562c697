"""Background work on accounts."""

from typing import TYPE_CHECKING

from core.accounts import links
from core.jobs import job

if TYPE_CHECKING:
    from core.wiring import Greenroom


@job(links.SEND_RESET)
def send_reset(greenroom: "Greenroom", user_id: str) -> None:
    """Mail a link that sets a new password; an id that is nobody's is the answer to an unknown address."""
    links.send_reset(greenroom, user_id)
