"""Reading reports."""

from dataclasses import asdict
from typing import Any

from core.accounts.types import Actor
from core.db import Count, Uow
from core.errors import NotFound
from core.interviews import corrections
from core.interviews import service as interviews
from core.interviews.types import SessionStatus
from core.reports import repo
from core.reports.errors import NoReport
from core.reports.overrides import with_overrides

ENDED_WITHOUT = (SessionStatus.FAILED, SessionStatus.EXPIRED, SessionStatus.CANCELLED)


def report_view(uow: Uow, actor: Actor, session_id: str) -> dict[str, Any] | None:
    """The caller's report as API.md shapes it, None while it is being written.

    Raises: NotFound (no such session, or it has not been held yet), NoReport (it ended without one).
    """
    session = interviews.own(uow, actor, session_id)
    if session.status is SessionStatus.PROCESSING:
        return None
    if session.status in ENDED_WITHOUT:
        raise NoReport(session_id, session.status)
    row = repo.of_session(uow, session_id)
    if row is None:
        raise NotFound("report")
    return with_overrides(uow, row.report_json)


def kept_of(uow: Uow, actor: Actor, session_id: str) -> dict[str, Any]:
    """What is kept beside the caller's report, by the name of a file: what judges said word for word, what stood
    before, what people who reviewed it said, what is to be practised. Raises: NotFound.
    """
    interviews.own(uow, actor, session_id)
    row = repo.of_session(uow, session_id)
    kept = {
        "judgement": row.judgement if row else None,
        "earlier-reports": [
            {"reason": r.reason, "replacedAt": r.replaced_at, "report": r.report_json, "judgement": r.judgement}
            for r in repo.revisions_of(uow, session_id)
        ],
        "reviews": [
            {"kind": r.kind, "askedAt": r.asked_at, "note": r.note, "ratings": r.ratings, "remark": r.remark}
            for r in repo.reviews_of(uow, session_id)
        ],
        "practice": [
            {"questionOrder": p.question_order, "dueAt": p.due_at, "lastScore": p.last_score}
            for p in repo.practice_of(uow, session_id)
        ],
        "corrections": [asdict(one) for one in corrections.corrections(uow, actor, session_id)],
    }
    return {name: value for name, value in kept.items() if value}


def report_of(uow: Uow, user_id: str, session_id: str) -> dict[str, Any] | None:
    """Somebody's report for those they share it with, None where there is none (of theirs)."""
    row = repo.of_session(uow, session_id)
    return with_overrides(uow, row.report_json) if row is not None and row.user_id == user_id else None


def judged_by_model(actor: Actor) -> Count:
    """Counts the caller's reports that the language model judged."""
    return repo.judged_by_model_counted(actor.user_id)
