"""What is done every night about the books."""

from datetime import time
from typing import TYPE_CHECKING

from core.jobs import job, nightly
from core.ledger import proving

if TYPE_CHECKING:
    from core.wiring import Greenroom


@nightly(at=time(21, 40))
@job("ledger.prove")
def prove(greenroom: "Greenroom", timestamp: int) -> None:
    """Hold all books against all payments. `timestamp` names the night."""
    with greenroom.uow() as uow:
        proving.prove(uow)
