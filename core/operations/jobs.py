"""What is done every night for the operator's view."""

from datetime import time
from typing import TYPE_CHECKING

from core.jobs import job, nightly
from core.operations import margins

if TYPE_CHECKING:
    from core.wiring import Greenroom


@nightly(at=time(0, 20))
@job("operations.add_up_margins")
def add_up_margins(greenroom: "Greenroom", timestamp: int) -> None:
    """Add up what the last days earned and cost. `timestamp` names the night."""
    with greenroom.uow() as uow:
        margins.add_up(uow)
