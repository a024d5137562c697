"""How an interview that did not come off ends: given back for another attempt, or failed and paid back."""

from typing import TYPE_CHECKING

from core.db import Uow
from core.i18n import N_
from core.interviews import repo, rules
from core.interviews.models import InterviewSession
from core.interviews.states import give_back, move
from core.interviews.types import SessionStatus
from core.notifications import service as notifications
from core.payments import service as payments

if TYPE_CHECKING:
    from core.wiring import Greenroom


def give_back_or_fail(uow: Uow, session: InterviewSession, *, reason: str | None) -> str:
    """Another attempt at no cost, or the money back after too many; none for money that went back by hand meanwhile.

    The session's row is locked.
    """
    if payments.was_returned(uow, session.id):
        return fail(uow, session, failure=N_("Your payment was returned while the interview was under way."))
    if session.attempt >= rules.MAX_ATTEMPTS:
        return fail(uow, session, failure=N_("The call broke off too often."))
    give_back(uow, session, reason=reason)
    notifications.tell(uow, session.user_id, "redo", f"{session.id}.{session.attempt}", {"sessionId": session.id})
    return "given back"


def fail(uow: Uow, session: InterviewSession, *, failure: str) -> str:
    """The interview cannot be delivered: say so and have what was paid returned. The session's row is locked."""
    move(uow, session, SessionStatus.FAILED)
    session.failure = failure
    payments.give_back(uow, session.id)
    notifications.tell(uow, session.user_id, "failed", session.id, {"sessionId": session.id})
    return "failed, refund on its way"


def give_up_report(greenroom: "Greenroom", session_id: str) -> None:
    """No report after every attempt: say so and return the money. Safe to repeat."""
    with greenroom.uow() as uow:
        session = repo.lock_session(uow, session_id)
        if session is not None and session.status is SessionStatus.PROCESSING:
            fail(uow, session, failure=N_("The report could not be written."))
