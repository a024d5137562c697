"""Background work on reports."""

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from core.interviews.outcomes import give_up_report
from core.jobs import job, nightly
from core.reports import flows, rescoring, reviews
from core.reports.states import RescoreReason

if TYPE_CHECKING:
    from core.wiring import Greenroom

SUNDAY = 6


@job("reports.write_report", when_dead=give_up_report)
def write_report(greenroom: "Greenroom", session_id: str) -> None:
    """Write a session's report."""
    flows.write_report(greenroom, session_id)


@job("reports.rescore", when_dead=rescoring.give_up)
def rescore(greenroom: "Greenroom", session_id: str, revision: int, reason: str) -> None:
    """Score a report again."""
    rescoring.rescore(greenroom, session_id, revision, RescoreReason(reason))


@nightly(at=time(20, 10))
@job("reports.draw_sample")
def draw_sample(greenroom: "Greenroom", timestamp: int) -> None:
    """Draw the week's sample for reviewers, on Sunday night. `timestamp` names the night."""
    if datetime.fromtimestamp(timestamp, UTC).weekday() == SUNDAY:
        with greenroom.uow() as uow:
            reviews.draw_sample(uow)
