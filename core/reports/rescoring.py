"""Scoring a report again: when the model is back, and once for a transcript that its learner mended.

The report keeps its id; what stood before is kept as a revision, and every figure follows the new one.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from core.accounts.types import Actor
from core.analytics import service as analytics
from core.cohorts import rollups
from core.db import Uow
from core.errors import NotFound
from core.ids import new_id
from core.interviews import corrections, reporting
from core.interviews import service as interviews
from core.notifications import service as notifications
from core.privacy.audit import Action, note
from core.reports import flows, practice, repo
from core.reports.errors import NothingToRescore
from core.reports.models import InterviewReport, ReportRevision
from core.reports.states import RescoreReason

if TYPE_CHECKING:
    from core.wiring import Greenroom

RESCORE = "reports.rescore"
FORGOTTEN_AFTER = timedelta(minutes=10)
"""A request that nothing came of for so long may be made again."""


def ask(uow: Uow, actor: Actor, session_id: str) -> None:
    """Have a report that the rubric engine scored scored by the model. A second click changes nothing.

    Raises: NotFound, NothingToRescore.
    """
    interviews.lock_own(uow, actor, session_id)
    row = repo.of_session(uow, session_id)
    if row is None:
        raise NotFound("report")
    if row.engine == "gemini":
        raise NothingToRescore(session_id)
    if not is_under_way(uow, row):
        _queue(uow, row, RescoreReason.MODEL_BACK)


def correct(uow: Uow, actor: Actor, session_id: str, changes: Mapping[str, str]) -> None:
    """Mend the caller's transcript and have the report scored again, once.

    Raises: NotFound, InvalidState, AlreadyCorrected, FieldProblem.
    """
    corrections.correct(uow, actor, session_id, changes)
    row = repo.of_session(uow, session_id)
    if row is None:
        raise NotFound("report")
    note(uow, actor, Action.TRANSCRIPT_CORRECTED, session_id)
    _queue(uow, row, RescoreReason.CORRECTED)


def _queue(uow: Uow, row: InterviewReport, reason: RescoreReason) -> None:
    row.rescore_asked_at = uow.now
    uow.enqueue(RESCORE, session_id=row.session_id, revision=row.revision, reason=reason.value)


def is_under_way(uow: Uow, row: InterviewReport) -> bool:
    return row.rescore_asked_at is not None and row.rescore_asked_at > uow.now - FORGOTTEN_AFTER


def under_way(uow: Uow, actor: Actor, session_id: str) -> bool:
    """Whether the caller's report is being scored again. Raises: NotFound."""
    interviews.own(uow, actor, session_id)
    row = repo.of_session(uow, session_id)
    return row is not None and is_under_way(uow, row)


def rescore(greenroom: "Greenroom", session_id: str, revision: int, reason: RescoreReason) -> None:
    """Write a report anew in the place of this revision; nothing is done where another stands already.

    A model that still is not to be had leaves the report as it is, unless the transcript has changed.
    """
    with greenroom.uow() as uow:
        material = reporting.material_for_rescore(uow, session_id)
        row = repo.of_session(uow, session_id)
        if material is None or row is None or row.revision != revision:
            return
        report_id, now, reads = row.id, uow.now, flows.language_of(uow, session_id)
    written = flows.compose(
        greenroom, session_id, material, report_id=report_id, revision=revision + 1, reads=reads, now=now
    )
    still_down = reason is RescoreReason.MODEL_BACK and written.report.scored_by.engine != "gemini"
    with greenroom.uow() as uow:
        if still_down:
            _stop_waiting(uow, session_id)
        else:
            _replace(uow, session_id, revision, reason, written)


def give_up(greenroom: "Greenroom", session_id: str, revision: int, reason: str) -> None:
    """The report stays what it was. Safe to repeat."""
    with greenroom.uow() as uow:
        _stop_waiting(uow, session_id)


def _stop_waiting(uow: Uow, session_id: str) -> None:
    interviews.hold(uow, session_id)
    row = repo.of_session(uow, session_id)
    if row is not None:
        row.rescore_asked_at = None


def _replace(uow: Uow, session_id: str, revision: int, reason: RescoreReason, written: flows.Written) -> None:
    owner = reporting.owner_of(uow, session_id)
    if owner is None:
        return
    rollups.hold_learner(uow, owner)
    user_id = reporting.lock_completed(uow, session_id)
    row = repo.of_session(uow, session_id)
    if user_id is None or row is None or row.revision != revision:
        return
    _keep(uow, row, reason)
    flows.fill(row, written)
    row.rescore_asked_at = None
    reporting.write_results(uow, session_id, flows.results_of(written.report))
    rollups.count_interview(uow, session_id)
    interviews.add_cost(uow, session_id, written.cost)
    practice.note_report(uow, user_id, written.report)
    analytics.recompute(uow, user_id)
    notifications.tell(uow, user_id, "rescored", f"{session_id}.{row.revision}", {"sessionId": session_id})


def _keep(uow: Uow, row: InterviewReport, reason: RescoreReason) -> None:
    kept = ReportRevision(
        id=new_id("rev"),
        session_id=row.session_id,
        revision=row.revision,
        reason=reason,
        engine=row.engine,
        overall_score=row.overall_score,
        replaced_at=uow.now,
    )
    kept.report_json, kept.judgement = row.report_json, row.judgement
    uow.session.add(kept)
