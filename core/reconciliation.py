"""Finds what has waited too long and asks the provider what became of it: an event that never comes costs minutes."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from core.errors import AppError
from core.interviews import reconciling as interviews
from core.interviews import service as interviews_service
from core.payments import flows as payments

if TYPE_CHECKING:
    from core.wiring import Greenroom

log = structlog.get_logger(__name__)

FOUND = Counter("greenroom_reconciled", "Things that waited too long, by what came of asking", ["kind", "outcome"])


def run(greenroom: "Greenroom") -> int:
    """One round. Returns how many things were looked into; one that fails does not stop the others.

    Raises: what the database raises, which would fail for the others, too.
    """
    since = greenroom.clock() - timedelta(seconds=greenroom.settings.greenroom_reconcile_after_seconds)
    unpaid, due = payments.waiting_too_long(greenroom, since)
    with greenroom.uow() as uow:
        interviews_service.expire_unpaid(uow)
    stuck = interviews.standing_still(greenroom, since)
    for payment_id in unpaid:
        _ask("payment", payment_id, lambda name: payments.reconcile(greenroom, name))
    for payment_id in due:
        _ask("refund", payment_id, lambda name: payments.refund_payment(greenroom, name))
    for session_id in stuck:
        _ask("session", session_id, lambda name: interviews.reconcile(greenroom, name))
    return len(unpaid) + len(due) + len(stuck)


def _ask(kind: str, name: str, ask: Callable[[str], str]) -> None:
    try:
        outcome = ask(name)
    except AppError as exc:
        outcome = exc.code
    except SQLAlchemyError:
        raise
    except Exception as exc:  # noqa: BLE001  what is wrong with one would end each round before the others' turn
        outcome = "unforeseen"
        log.exception("reconciling failed", kind=kind, id=name, error=type(exc).__name__)
    FOUND.labels(kind, outcome[:40]).inc()
    log.info("reconciled", kind=kind, id=name, outcome=outcome)
