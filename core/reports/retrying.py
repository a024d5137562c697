"""Answering one question of a report again, judged by the same frozen key points and anchors.

The report stays what it was: a second try shows what practice brought, it is no better score of the interview.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from core.accounts.types import Actor
from core.db import Uow
from core.errors import FieldProblem, NotFound
from core.i18n import N_, _
from core.ids import new_id
from core.interviews import service as interviews
from core.interviews.questions import Question
from core.interviews.rules import MAX_ANSWER_CHARS
from core.reports import practice, repo
from core.reports.coaching import coach
from core.reports.judging import Judged, Window, judge_all
from core.reports.models import AnswerRetry
from core.reports.segments import Turn

if TYPE_CHECKING:
    from core.wiring import Greenroom

MAX_SOUND_BYTES = 15_000_000
ONE_TRY = timedelta(minutes=10)
"""Within this time the same words are the same try, as of an impatient second click; later they are practice."""


@dataclass(frozen=True)
class Retry:
    """Scores 0-100; `before` is None where the question was left without an answer that could be judged."""

    question_order: int
    before: int | None
    after: int | None
    answer: str
    feedback: str


def retry(greenroom: "Greenroom", actor: Actor, session_id: str, *, question_order: int, text: str) -> Retry:
    """Judge a new answer to a question that the interview asked, and keep it; one that was sent twice is judged once.

    Raises: NotFound (no such interview, or no report of it), FieldProblem.
    """
    words = text.replace("\x00", "").strip()
    if not words:
        raise FieldProblem("text", N_("Write an answer first."))
    if len(words) > MAX_ANSWER_CHARS:
        raise FieldProblem("text", N_("At most {limit} characters."), words={"limit": MAX_ANSWER_CHARS})
    with greenroom.uow() as uow:
        question, before = _asked(uow, actor, session_id, question_order)
        if made := _just_made(uow, session_id, question_order, words):
            return made
    judging = judge_all([_window(question, question_order, words)], greenroom.model)
    (judged,) = judging.judged
    feedback = _feedback(judged, greenroom, by_model=judging.engine == "gemini")
    with greenroom.uow() as uow:
        interviews.hold(uow, session_id)
        interviews.own(uow, actor, session_id)
        # Of two that were judged at the same time the first that is saved counts.
        if made := _just_made(uow, session_id, question_order, words):
            return made
        row = AnswerRetry(
            id=new_id("try"),
            session_id=session_id,
            question_order=question_order,
            score_before=before,
            score_after=judged.score,
            engine=judging.engine,
            created_at=uow.now,
        )
        row.answer, row.feedback = words, feedback
        uow.session.add(row)
        practice.note_retry(uow, session_id, question_order, judged.score)
    return Retry(question_order, before, judged.score, words, feedback)


def _just_made(uow: Uow, session_id: str, order: int, words: str) -> Retry | None:
    """The latest try of a question, where it is these words and not long ago."""
    latest = next((row for row in reversed(repo.retries_of(uow, session_id)) if row.question_order == order), None)
    if latest is None or latest.created_at <= uow.now - ONE_TRY or latest.answer != words:
        return None
    return _view(latest)


def _view(row: AnswerRetry) -> Retry:
    return Retry(row.question_order, row.score_before, row.score_after, row.answer, row.feedback)


def transcribe(greenroom: "Greenroom", actor: Actor, session_id: str, sound: bytes, *, media_type: str) -> str:
    """The words of a recorded answer, for the caller to look over before it is judged. The sound is not kept.

    Raises: NotFound, FieldProblem (too large, or nobody speaks), ModelDown, ModelRefused.
    """
    with greenroom.uow() as uow:
        interviews.own(uow, actor, session_id)
    if len(sound) > MAX_SOUND_BYTES:
        raise FieldProblem("sound", _("The recording is too long."))
    words = greenroom.ears.transcribe(sound, media_type=media_type)
    if not words:
        raise FieldProblem("sound", _("Nothing could be heard. Record it again, or type your answer."))
    return words[:MAX_ANSWER_CHARS]


def _asked(uow: Uow, actor: Actor, session_id: str, order: int) -> tuple[Question, int | None]:
    session = interviews.own(uow, actor, session_id)
    report = repo.of_session(uow, session_id)
    if report is None:
        raise NotFound("report")
    found = next((q for q in report.report_json["questions"] if q["order"] == order and q["asked"]), None)
    if found is None:
        raise FieldProblem("questionOrder", N_("This question was not asked in the interview."))
    return interviews.plan_of(session).questions[order - 1], found["score"]


def _window(question: Question, order: int, words: str) -> Window:
    turns = (
        Turn(id="q", speaker="interviewer", text=question.text, start_ms=None, end_ms=None, question_order=order,
             confidence=None),
        Turn(id="a", speaker="candidate", text=words, start_ms=None, end_ms=None, question_order=order,
             confidence=None),
    )  # fmt: skip
    return Window(order=order, question=question, asked=True, turns=turns)


def _feedback(judged: Judged, greenroom: "Greenroom", *, by_model: bool) -> str:
    coached = coach([judged], greenroom.model if by_model else None)
    return next((item.text for item in coached.coaching.feedback), "")


def retries(uow: Uow, actor: Actor, session_id: str) -> list[Retry]:
    """The caller's new answers, oldest first. Raises: NotFound."""
    interviews.own(uow, actor, session_id)
    return [_view(row) for row in repo.retries_of(uow, session_id)]
