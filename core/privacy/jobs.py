"""What is done every night about people's data."""

from datetime import time
from typing import TYPE_CHECKING

from core.jobs import job, nightly
from core.privacy import retention

if TYPE_CHECKING:
    from core.wiring import Greenroom


@nightly(at=time(21, 40))
@job("privacy.sweep")
def sweep(greenroom: "Greenroom", timestamp: int) -> None:
    """Erase what is past its time, at ten past three in the morning in India. `timestamp` names the night."""
    retention.sweep(greenroom)
