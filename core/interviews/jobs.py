"""Background work on interviews. Each loads by id, calls one flow and may run twice."""

from typing import TYPE_CHECKING

from core.interviews import calls, erasure
from core.jobs import job

if TYPE_CHECKING:
    from core.wiring import Greenroom


@job("interviews.hang_up")
def hang_up(greenroom: "Greenroom", session_id: str) -> None:
    """End the session's call at the provider."""
    calls.hang_up(greenroom, session_id)


@job("interviews.fetch_report")
def fetch_report(greenroom: "Greenroom", call_id: str) -> None:
    """Ask for the report of a call that has ended; reconciliation asks again should this give up."""
    calls.fetch_report(greenroom, call_id)


@job("interviews.copy_recording")
def copy_recording(greenroom: "Greenroom", call_id: str) -> None:
    """Keep our own copy of a call's recording."""
    calls.copy_recording(greenroom, call_id)


@job("interviews.erase_traces")
def erase_traces(greenroom: "Greenroom", session_id: str, call_ids: list[str]) -> None:
    """Remove what a deleted interview left in the object store and at the provider."""
    erasure.erase_traces(greenroom, session_id, call_ids)
