"""Cuts a transcript into question windows, in code: which turn belongs to which question of the plan."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz import fuzz, utils

from core.interviews.questions import Question

ASKED_FROM = 80.0
"""Likeness (0-100) of an interviewer's turn to a planned question from which it counts as asked."""
WORDS_FROM = 82.0


@dataclass(frozen=True)
class Turn:
    """One turn. Times are milliseconds from the start of the call, confidence is 0 to 1."""

    id: str
    speaker: Literal["interviewer", "candidate"]
    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    question_order: int | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class PlannedQuestion:
    order: int
    question: Question


def assign_windows(turns: Sequence[Turn], questions: Sequence[PlannedQuestion]) -> list[Turn]:
    """Give each turn the order of the question it belongs to.

    A question is found by its words in what the interviewer says, also when the rows split, merge or paraphrase it.
    Turns before the first question belong to none; a question that was never asked gets no turn.
    """
    current: int | None = None
    assigned: list[Turn] = []
    heard = ""
    for turn in turns:
        if turn.speaker == "interviewer":
            heard = f"{heard} {turn.text}".strip()
            current = _question_in(turn.text, questions) or _question_in(heard, questions) or current
        else:
            heard = ""
        assigned.append(replace(turn, question_order=current))
    return assigned


def _question_in(text: str, questions: Sequence[PlannedQuestion]) -> int | None:
    likeness = [(_likeness(planned.question.text, text), planned.order) for planned in questions]
    best = max(likeness, default=(0.0, 0))
    return best[1] if best[0] >= ASKED_FROM else None


def _likeness(question: str, text: str) -> float:
    if len(text) < len(question) * 0.5:
        return 0.0
    partial = fuzz.partial_ratio(question, text, processor=utils.default_process)
    words = fuzz.token_set_ratio(question, text, processor=utils.default_process)
    return partial if partial >= ASKED_FROM else (words if words >= WORDS_FROM and partial >= 60 else 0.0)


def asked_orders(turns: Sequence[Turn]) -> set[int]:
    """The questions that were really asked."""
    return {turn.question_order for turn in turns if turn.question_order is not None and turn.speaker == "interviewer"}


def candidate_turns(turns: Sequence[Turn], order: int) -> list[Turn]:
    return [turn for turn in turns if turn.speaker == "candidate" and turn.question_order == order]
