"""A coach's own scores, shown beside the model's. The model's stay what they were."""

from typing import Any

from core.accounts.types import Actor
from core.db import Uow
from core.errors import FieldProblem
from core.i18n import N_
from core.ids import new_id
from core.reports import repo
from core.reports.models import ScoreOverride
from core.reports.types import Override

MAX_REASON_CHARS = 2000


def add(
    uow: Uow, coach: Actor, report: dict[str, Any], *, question_order: int, score: int, reason: str
) -> ScoreOverride:
    """Keep a coach's score for one answer of a report. Raises: FieldProblem."""
    question = next((q for q in report["questions"] if q["order"] == question_order and q["asked"]), None)
    if question is None:
        raise FieldProblem("questionOrder", N_("This question was not asked in the interview."))
    if not 0 <= score <= 100:
        raise FieldProblem("score", N_("0 to 100."))
    words = reason.replace("\x00", "").strip()
    if not words or len(words) > MAX_REASON_CHARS:
        raise FieldProblem(
            "reason",
            N_("Say why, in at most {limit} characters."),
            words={"limit": MAX_REASON_CHARS},
        )
    row = ScoreOverride(
        id=new_id("ovr"),
        session_id=report["sessionId"],
        question_order=question_order,
        coach_id=coach.user_id,
        coach_name=coach.name,
        score=score,
        model_score=question["score"],
        created_at=uow.now,
    )
    row.reason = words
    uow.session.add(row)
    return row


def with_overrides(uow: Uow, report: dict[str, Any]) -> dict[str, Any]:
    """The report with each question's newest override; the mean that follows from them stands beside the score."""
    found = {row.question_order: row for row in repo.overrides_of(uow, report["sessionId"])}
    if not found:
        return report
    questions = [{**q, "override": _shaped(found.get(q["order"]))} for q in report["questions"]]
    scores = [(q["override"] or q)["score"] for q in questions if q["asked"]]
    known = [score for score in scores if score is not None]
    return {**report, "questions": questions, "scoreWithOverrides": round(sum(known) / len(known)) if known else None}


def _shaped(row: ScoreOverride | None) -> dict[str, Any] | None:
    if row is None:
        return None
    shaped = Override(score=row.score, reason=row.reason, by=row.coach_name, at=row.created_at)
    return shaped.model_dump(mode="json", by_alias=True)
