"""Two questions that anybody may try before there is an account: judged as in a report, and kept nowhere."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import FieldProblem
from core.i18n import N_
from core.interviews.bank import load_bank
from core.interviews.questions import Question
from core.reports.offline import rate_answer
from core.reports.scoring import band
from core.reports.segments import Turn

if TYPE_CHECKING:
    from core.wiring import Greenroom

QUESTIONS = ("bank:behavioral.ownership.1", "bank:technical.databases.1")
MAX_ANSWER_CHARS = 3000
MIN_WORDS = 12
"""Fewer say too little to be told anything about."""


@dataclass(frozen=True)
class Point:
    text: str
    verdict: str
    """covered, partial, missing or contradicted."""


@dataclass(frozen=True)
class Glimpse:
    """What a report would say of one answer. A band, never a number: the rubric engine alone has judged."""

    band: str | None
    points: tuple[Point, ...]


def questions() -> tuple[Question, ...]:
    known = load_bank().questions
    return tuple(known[name] for name in QUESTIONS)


def judge(greenroom: "Greenroom", question_id: str, answer: str, *, address: str) -> Glimpse:
    """Judge one answer. Nothing is stored. Raises: FieldProblem, TooManyRequests."""
    words = answer.replace("\x00", "").strip()
    if question_id not in QUESTIONS or len(words) > MAX_ANSWER_CHARS:
        raise FieldProblem("answer", N_("At most {limit} characters."), words={"limit": MAX_ANSWER_CHARS})
    if len(words.split()) < MIN_WORDS:
        raise FieldProblem("answer", N_("Write a few whole sentences, as you would say them."))
    greenroom.rates.hit("sample", address)
    said = Turn(id="c", speaker="candidate", text=words, start_ms=None, end_ms=None, question_order=1, confidence=None)
    rating = rate_answer(load_bank().questions[question_id], [said])
    return Glimpse(band(round(rating.score * 100)), tuple(Point(point.text, point.verdict) for point in rating.points))
