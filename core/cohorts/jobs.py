"""What is done every night about cohorts."""

from datetime import time
from typing import TYPE_CHECKING

from core.cohorts import proving
from core.jobs import job, nightly

if TYPE_CHECKING:
    from core.wiring import Greenroom


@nightly(at=time(22, 20))
@job("cohorts.prove_figures")
def prove_figures(greenroom: "Greenroom", timestamp: int) -> None:
    """Hold every cohort's figures against its interviews. `timestamp` names the night."""
    proving.prove_all(greenroom.uow)
