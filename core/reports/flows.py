"""From a transcript to a report: judge, verify, compute, coach, save. Safe to run twice and to be killed anywhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from core.accounts import service as accounts
from core.analytics import service as analytics
from core.cohorts import rollups
from core.db import Uow
from core.i18n import ENGLISH, using
from core.ids import new_id
from core.interviews import reporting
from core.interviews import service as interviews
from core.interviews.merge import planned_questions, turns_of
from core.interviews.types import Material, QuestionResult
from core.notifications import service as notifications
from core.payments import service as payments
from core.ports.metered import MeteredModel
from core.reports import practice, repo, stages, writing
from core.reports.coaching import coach
from core.reports.judging import judge_all, record, windows_of
from core.reports.models import InterviewReport
from core.reports.stages import Stage, Step
from core.reports.types import Report

if TYPE_CHECKING:
    from core.wiring import Greenroom

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Written:
    """A report, what its judges said word for word, and what they took in US dollars."""

    report: Report
    judgement: dict[str, Any]
    cost: float


def write_report(greenroom: "Greenroom", session_id: str) -> None:
    """Write the one report of a session that is being processed; nothing is done where it stands already.

    A model that is not to be had does not stop it: the rubric engine judges, and the report says so.
    """
    with greenroom.uow() as uow:
        material = reporting.material_for_report(uow, session_id)
        if material is None or repo.of_session(uow, session_id):
            return
        now, owner = uow.now, reporting.owner_of(uow, session_id)
        reads = language_of(uow, session_id)
    tell = stages.teller(greenroom, owner, session_id) if owner else stages.nobody
    written = compose(
        greenroom, session_id, material, report_id=new_id("rep"), revision=1, reads=reads, now=now, tell=tell
    )
    with greenroom.uow() as uow:
        _save(uow, session_id, written)


def compose(
    greenroom: "Greenroom",
    session_id: str,
    material: Material,
    *,
    report_id: str,
    revision: int,
    reads: str,
    now: datetime,
    tell: stages.Tell = stages.nobody,
) -> Written:
    """Judge and coach what was said, and put the report together. No transaction is open.

    `reads` is the language of whoever it is written for.
    """
    turns = turns_of(material.said)
    model = MeteredModel(greenroom.model)
    windows = windows_of(turns, planned_questions(material.plan))
    with using(reads):
        judging = judge_all(windows, model, note=lambda done, of: tell(Stage(Step.JUDGING, done, of)))
        answers = sum(1 for window in windows if window.asked and window.words)
        tell(Stage(Step.COACHING, answers, answers))
        coached = coach(judging.judged, model if judging.engine == "gemini" else None)
    report = writing.write(
        report_id=report_id,
        session_id=session_id,
        judging=judging,
        coaching=coached.coaching,
        turns=turns,
        follow_ups_asked=frozenset(s.question_order for s in material.said if s.follow_up and s.question_order),
        confidence=material.confidence,
        fillers_kept=material.fillers_kept,
        rubric_hash=material.plan.rubric_hash,
        corrected=material.corrected,
        revision=revision,
        now=now,
    )
    settings = greenroom.settings
    cost = model.dollars(input_price=settings.gemini_input_price, output_price=settings.gemini_output_price)
    versions = report.scored_by.model_dump(mode="json")
    return Written(report, {**record(judging), "coach": coached.said, "versions": versions}, cost)


def language_of(uow: Uow, session_id: str) -> str:
    """The language that the owner of an interview reads."""
    owner = reporting.owner_of(uow, session_id)
    return accounts.locale_of(uow, owner) if owner else ENGLISH


def fill(row: InterviewReport, written: Written) -> None:
    """Put a report into its row, whose id is set."""
    report = written.report
    interval = report.confidence.interval
    row.overall_score = report.overall_score
    row.interval_low, row.interval_high = interval or (None, None)
    row.score_breakdown = {name: part.score for name, part in report.score_breakdown.items()}
    row.engine = report.scored_by.engine
    row.model = report.scored_by.model
    row.rubric_version = report.scored_by.rubric_version
    row.generated_at = report.generated_at
    row.revision = report.revision
    row.strengths = report.strengths
    row.weaknesses = report.weaknesses
    row.recommendations = [f"{r.title}: {r.detail}" for r in report.recommendations]
    row.report_json = report.model_dump(mode="json", by_alias=True)
    row.judgement = written.judgement


def results_of(report: Report) -> list[QuestionResult]:
    return [QuestionResult(q.order, q.answer, q.score, q.follow_up_asked) for q in report.questions]


def _save(uow: Uow, session_id: str, written: Written) -> None:
    """Report, question scores, state, statistics and the notice in one transaction; a second run saves nothing."""
    owner = reporting.owner_of(uow, session_id)
    if owner is None:
        return
    rollups.hold_learner(uow, owner)
    user_id = reporting.lock_for_report(uow, session_id)
    if user_id is None or repo.of_session(uow, session_id):
        return
    row = InterviewReport(id=written.report.report_id, session_id=session_id, user_id=user_id)
    fill(row, written)
    uow.session.add(row)
    reporting.conclude(uow, session_id, results_of(written.report))
    rollups.count_interview(uow, session_id)
    interviews.add_cost(uow, session_id, written.cost)
    payments.note_delivered(uow, session_id)
    practice.note_report(uow, user_id, written.report)
    analytics.recompute(uow, user_id)
    notifications.tell(uow, user_id, "report_ready", session_id, {"sessionId": session_id})
    log.info("report written", session_id=session_id, engine=row.engine)
