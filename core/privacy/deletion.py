"""Erasing an account: rows, objects, calls at the provider. Stripped payments stay, undelivered ones are returned."""

from typing import TYPE_CHECKING

from sqlalchemy import update

from core.accounts import service as accounts
from core.accounts.types import Actor
from core.cohorts import rollups
from core.cohorts.models import CohortComment, CohortNote
from core.interviews import calls
from core.interviews import erasure as interviews
from core.privacy.audit import Action, note
from core.reports.models import ReportReview, ScoreOverride

if TYPE_CHECKING:
    from core.wiring import Greenroom

NO_NAME = "A coach"


def delete_account(greenroom: "Greenroom", actor: Actor, *, password: str, address: str) -> None:
    """Erase everything of the caller's, at once and for good.

    Calls that run are hung up. What the providers and the object store hold is erased by jobs that name ids alone.

    Raises: BadCredentials, TooManyRequests.
    """
    accounts.check_password(greenroom, actor.username, password, address=address)
    with greenroom.uow() as uow:
        rollups.hold_learner(uow, actor.user_id)
        running = interviews.erase_all(uow, actor.user_id)
        uow.session.execute(
            update(ScoreOverride).where(ScoreOverride.coach_id == actor.user_id).values(coach_name=NO_NAME)
        )
        uow.session.execute(
            update(ReportReview).where(ReportReview.reviewer_id == actor.user_id).values(reviewer_name=NO_NAME)
        )
        for table in (CohortNote, CohortComment):
            uow.session.execute(update(table).where(table.coach_id == actor.user_id).values(coach_name=NO_NAME))
        note(uow, actor, Action.ACCOUNT_DELETED, actor.user_id)
        accounts.erase(uow, actor.user_id)
    for call_id, control_url in running:
        calls.hang_up_quietly(greenroom, call_id, control_url)
