"""What a coach may hear of a member's interview: where the member shares both the report and the recordings.

Asked anew for every piece of sound, so that taking it back ends it at once.
"""

from typing import TYPE_CHECKING

from core.accounts.types import Actor
from core.cohorts.service import shared_member
from core.db import Uow
from core.errors import NotFound
from core.interviews import recordings
from core.interviews.recordings import Recordings
from core.privacy.audit import Action, note
from core.reports import service as reports

if TYPE_CHECKING:
    from core.wiring import Greenroom


def shared_recordings(uow: Uow, actor: Actor, cohort_id: str, user_id: str, session_id: str) -> Recordings:
    """Where a member's recordings are; none where they are not shared. Raises: Forbidden, NotFound (no report)."""
    if not _may_hear(uow, actor, cohort_id, user_id, session_id):
        return Recordings({})
    return recordings.recorded_in(uow, session_id)


def shared_sound(
    greenroom: "Greenroom", actor: Actor, cohort_id: str, user_id: str, session_id: str, attempt: int
) -> bytes:
    """One attempt of a member's as it was recorded; that it was heard is kept. Raises: Forbidden, NotFound."""
    with greenroom.uow() as uow:
        if not _may_hear(uow, actor, cohort_id, user_id, session_id):
            raise NotFound("recording")
        key = recordings.key_of(uow, session_id, attempt)
        note(uow, actor, Action.RECORDING_HEARD, session_id)
    return greenroom.objects.get(key)


def _may_hear(uow: Uow, actor: Actor, cohort_id: str, user_id: str, session_id: str) -> bool:
    member = shared_member(uow, actor, cohort_id, user_id)
    return member.share_audio and reports.report_of(uow, user_id, session_id) is not None
