"""Coaching prose: from the verified judgements alone. The model writes it; where it cannot, the rubric engine does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError

from core.errors import ProviderDown, ProviderRefused
from core.i18n import _, english_name
from core.ports.language_model import LanguageModel
from core.reports.judgement import Verdict
from core.reports.judging import Judged
from core.reports.prompts import COACH_INSTRUCTION, Advice, CitedText, Coaching, QuestionText

log = structlog.get_logger(__name__)

GOT = (Verdict.COVERED, Verdict.PARTIAL)
MOST = 4
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def judgement_id(judged: Judged) -> str:
    return f"j{judged.window.order}"


@dataclass(frozen=True)
class Coached:
    """The coaching, with what the model said, word for word, where it wrote it."""

    coaching: Coaching
    said: str | None = None


def coach(judged: Sequence[Judged], model: LanguageModel | None) -> Coached:
    """Strengths, weaknesses, advice, feedback and better answers.

    Invented citations are dropped, and so is a better answer that names figures nobody gave.
    """
    asked = [j for j in judged if j.verified is not None]
    fallback = by_rubric(asked)
    if model is None or not any(j.window.words for j in asked):
        return Coached(fallback)
    try:
        answer = model.generate(instruction=COACH_INSTRUCTION, data=_data(asked), schema=Coaching)
        coaching = Coaching.model_validate_json(answer.text)
    except (ProviderDown, ProviderRefused, ValidationError) as exc:
        log.warning("the rubric engine coaches", error=type(exc).__name__, places=_places(exc))
        return Coached(fallback)
    return Coached(_checked(coaching, fallback, asked), answer.text)


def _places(exc: Exception) -> list[str]:
    """Where an answer was not as asked for, without its words."""
    if not isinstance(exc, ValidationError):
        return []
    return [f"{'.'.join(str(p) for p in e['loc'])}: {e['type']}" for e in exc.errors(include_input=False)][:5]


def _data(asked: Sequence[Judged]) -> dict[str, Any]:
    return {"task": "coach", "language": english_name(), "judgements": [_shown(j) for j in asked]}


def _shown(judged: Judged) -> Mapping[str, Any]:
    question, verified = judged.window.question, judged.verified
    points = verified.points if verified else ()
    return {
        "judgement_id": judgement_id(judged),
        "order": judged.window.order,
        "question_id": question.id,
        "question": question.text,
        "competency": question.competency,
        "answered": bool(judged.window.words),
        "key_points": [
            {"text": wanted.text, "verdict": point.verdict}
            for wanted, point in zip(question.key_points, points, strict=False)
        ],
        "observations": [c.observation for c in verified.criteria] if verified else [],
        "quotes": [q.text for q in verified.quotes] if verified else [],
    }


def _checked(coaching: Coaching, fallback: Coaching, asked: Sequence[Judged]) -> Coaching:
    known = {judgement_id(j) for j in asked}
    material = {j.window.question.id: _material(j) for j in asked}
    better = [b for b in coaching.better_answers if not _invents(b.text, material.get(b.question_id, ""))]

    def cited(items: Sequence[CitedText]) -> list[CitedText]:
        kept = [i.model_copy(update={"judgement_ids": [x for x in i.judgement_ids if x in known]}) for i in items]
        return [item for item in kept if item.judgement_ids][:MOST]

    return Coaching(
        strengths=cited(coaching.strengths),
        weaknesses=cited(coaching.weaknesses),
        recommendations=coaching.recommendations[:MOST] or fallback.recommendations,
        feedback=_complete(coaching.feedback, fallback.feedback),
        better_answers=_complete(better, fallback.better_answers),
        one_thing_first=coaching.one_thing_first,
    )


def _material(judged: Judged) -> str:
    """What a better answer may be built from: the candidate's words, the question and its key points."""
    question = judged.window.question
    wordings = [text for point in question.key_points for text in (point.text, *point.accept_also)]
    return " ".join((judged.window.answer, question.text, *wordings))


def _invents(text: str, material: str) -> bool:
    """Whether a text names a figure that its material does not have."""
    return not set(_FIGURE.findall(text)) <= set(_FIGURE.findall(material))


def _complete(given: Sequence[QuestionText], fallback: Sequence[QuestionText]) -> list[QuestionText]:
    by_id = {item.question_id: item for item in given}
    return [by_id.get(item.question_id, item) for item in fallback]


def by_rubric(asked: Sequence[Judged]) -> Coaching:
    """What the covered and missing key points alone say, in the language of whoever is served."""
    strengths, weaknesses, advice, feedback, better = [], [], [], [], []
    for judged in sorted(asked, key=lambda j: j.score or 0):
        window, got, lacking = judged.window, _points(judged, got=True), _points(judged, got=False)
        name, area = judgement_id(judged), window.question.competency.replace("_", " ")
        if got:
            text = _("Question {number}: you made this point: {point}.")
            strengths.append(CitedText(text=text.format(number=window.order, point=_low(got[0])), judgement_ids=[name]))
        if lacking:
            text = _("Question {number} ({area}): this was missing: {point}.")
            weaknesses.append(
                CitedText(
                    text=text.format(number=window.order, area=area, point=_low(lacking[0])), judgement_ids=[name]
                )
            )
            advice.append(_advice(window.order, area, lacking, name))
        feedback.append(QuestionText(question_id=window.question.id, text=_feedback(judged, got, lacking)))
        better.append(QuestionText(question_id=window.question.id, text=_better(judged, got, lacking)))
    first = weaknesses[0].text if weaknesses else _("Give each answer a concrete result with a number in it.")
    return Coaching(
        strengths=strengths[::-1][:MOST],
        weaknesses=weaknesses[:MOST],
        recommendations=advice[:MOST],
        feedback=feedback,
        better_answers=better,
        one_thing_first=first,
    )


def _advice(order: int, area: str, lacking: Sequence[str], name: str) -> Advice:
    detail = _("A full answer to question {number} also says: {points}.")
    return Advice(
        title=_("Practise {area}").format(area=area),
        detail=detail.format(number=order, points=_low("; ".join(lacking[:2]))),
        practice=_("Answer the same question aloud in two minutes, naming these points, three days in a row."),
        judgement_ids=[name],
    )


def _points(judged: Judged, *, got: bool) -> list[str]:
    points = judged.verified.points if judged.verified else ()
    pairs = zip(judged.window.question.key_points, points, strict=False)
    return [wanted.text for wanted, point in pairs if (point.verdict in GOT) is got]


def _feedback(judged: Judged, got: Sequence[str], lacking: Sequence[str]) -> str:
    if not judged.window.words:
        return _("There was no answer to judge.")
    said = _("{made} of {of} points were made.").format(made=len(got), of=len(got) + len(lacking))
    rest = _("Still missing: {points}.") if lacking else _("Nothing essential is missing.")
    return f"{said} {rest.format(points=_low('; '.join(lacking[:3])))}"


def _better(judged: Judged, got: Sequence[str], lacking: Sequence[str]) -> str:
    points = judged.verified.points if judged.verified else ()
    quotes = [point.quote for point in points if point.verdict in GOT and point.quote]
    wanted = _low("; ".join([*lacking, *([] if quotes else got)][:4])) or _("the result, with a number")
    if quotes:
        return _("Keep what you said (“{quote}”) and add: {points}.").format(quote=quotes[0].text, points=wanted)
    return _("Start from one case of your own, then say: {points}.").format(points=wanted)


def _low(text: str) -> str:
    return text[:1].lower() + text[1:]
