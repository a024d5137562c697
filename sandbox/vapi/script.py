"""What the interviewer says next: read from the assistant's prompt, asked in the words given."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel

from sandbox.dice import pick
from sandbox.vapi.assistant import Assistant

_QUESTION = re.compile(r"^\W*QUESTION\s+\d+\s*[:.)-]\s*(.+)$", re.IGNORECASE)
_FOLLOW_UP = re.compile(r"^\W*FOLLOW[\s-]?UP(?:\s+\d+)?\s*[:.)-]\s*(.+)$", re.IGNORECASE)
_NUMBERED = re.compile(r"^\s*\d+[.)]\s+(.+\?)\s*$")
_HEDGE = re.compile(
    r"\b(not sure|don'?t (?:really )?know|do not (?:really )?know|no idea|maybe|i guess|it depends)\b", re.I
)
_AGAIN = re.compile(r"\b(repeat|say (?:that|it) again|again please|pardon|come again)\b", re.I)
WEAK_WORDS = 15
"""An answer shorter than this leaves the question open."""
HEDGED_WORDS = 40
REPEAT_WORDS = 12
FIRST_LEADS = ("Great.", "Good. Let us begin.", "Thank you. Here is the first question.", "All right.")
LEADS = ("Thank you.", "All right, next question.", "Thanks for that.", "Okay.", "Thank you. Let us move on.")
FOLLOW_UP_LEADS = ("I see.", "Okay.", "Thank you.")


@dataclass(frozen=True)
class Spoken:
    """A main question with what may be asked after it."""

    text: str
    follow_ups: tuple[str, ...] = ()


class Place(BaseModel):
    """Where an interview stands: -1 is the greeting, then the questions, counted from 0."""

    at: int = -1
    follow_up: bool = False


@dataclass(frozen=True)
class Script:
    seed: str
    greeting: str | None
    questions: tuple[Spoken, ...]
    closing: str
    end_phrases: tuple[str, ...]

    @classmethod
    def of(cls, assistant: Assistant, seed: str) -> Self:
        waits = assistant.first_message_mode == "assistant-waits-for-user"
        return cls(
            seed=seed,
            greeting=None if waits else assistant.first_message,
            questions=read_questions(assistant.prompt),
            closing=_closing(assistant, seed),
            end_phrases=tuple(phrase.lower() for phrase in assistant.end_call_phrases),
        )

    def opening(self, place: Place) -> list[str]:
        """The first words; without a greeting, the first question."""
        if self.greeting:
            return [self.greeting]
        place.at = 0
        return self._asked(place)

    def after(self, place: Place, answer: str | None, *, may_follow_up: bool = True) -> list[str]:
        """What is said after an answer (None when nothing was said); the place moves on."""
        if place.at >= len(self.questions):
            return []
        if answer and place.at >= 0 and _AGAIN.search(answer) and len(answer.split()) <= REPEAT_WORDS:
            return [self._open_text(place)]
        if may_follow_up and self._wants_follow_up(place, answer):
            place.follow_up = True
            lead = pick(FOLLOW_UP_LEADS, self.seed, "follow-up", place.at)
            return [f"{lead} {self.questions[place.at].follow_ups[0]}"]
        place.at, place.follow_up = place.at + 1, False
        return self._asked(place)

    def is_over(self, place: Place) -> bool:
        return place.at >= len(self.questions)

    def ends_call(self, words: str) -> bool:
        """Vapi ends a call when the assistant's own speech contains a phrase, whatever its case."""
        return any(phrase in words.lower() for phrase in self.end_phrases)

    def _open_text(self, place: Place) -> str:
        question = self.questions[place.at]
        return question.follow_ups[0] if place.follow_up else question.text

    def _wants_follow_up(self, place: Place, answer: str | None) -> bool:
        if place.at < 0 or place.follow_up or answer is None or not self.questions[place.at].follow_ups:
            return False
        words = len(answer.split())
        return words < WEAK_WORDS or (words < HEDGED_WORDS and bool(_HEDGE.search(answer)))

    def _asked(self, place: Place) -> list[str]:
        """The next question, with a neutral lead-in: sometimes a row of its own, as real calls have it."""
        if self.is_over(place):
            return [self.closing]
        text = self.questions[place.at].text
        if place.at == 0 and self.greeting is None:
            return [text]
        lead = pick(FIRST_LEADS if place.at == 0 else LEADS, self.seed, "lead", place.at)
        return [lead, text] if pick((True, False, False), self.seed, "own row", place.at) else [f"{lead} {text}"]


def read_questions(prompt: str) -> tuple[Spoken, ...]:
    """The questions of a prompt, from lines `QUESTION n: …` and `FOLLOW-UP n: …`; else from a numbered list."""
    found: list[tuple[str, list[str]]] = []
    for line in prompt.splitlines():
        if question := _QUESTION.match(line):
            found.append((question.group(1).strip(), []))
        elif (follow_up := _FOLLOW_UP.match(line)) and found:
            found[-1][1].append(follow_up.group(1).strip())
    if not found:
        found = [(numbered.group(1), []) for line in prompt.splitlines() if (numbered := _NUMBERED.match(line))]
    if not found:
        found = [("Tell me about a piece of work you are proud of: what did you do, and what came of it?", [])]
    return tuple(Spoken(text, tuple(follow_ups)) for text, follow_ups in found)


def _closing(assistant: Assistant, seed: str) -> str:
    phrases: Sequence[str] = assistant.end_call_phrases
    if not phrases:
        return assistant.end_call_message or "Thank you, that was the last question. Have a good day."
    thanks = pick(
        ("Thank you for your answers", "Thank you for your time", "That was my last question, thank you"), seed
    )
    return f"{thanks}; {phrases[0]}."
