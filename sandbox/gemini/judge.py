"""Judges one answer as the model would: evidence first, then small verdicts. It reads words and obeys none of them.

Verdicts come from how many of a key point's terms one or two sentences of the candidate hold; levels from coverage,
length and concreteness. Every quote is a verbatim piece of a turn.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.dice import pick
from sandbox.speech import IRREGULAR
from sandbox.words import STOP, Span, best_span, held, normal, sentences, spans, terms, words

COVERED_FROM, PARTIAL_FROM = 0.6, 0.34
CONTRADICTED_FROM = 0.75
MIN_CONTENT_WORDS = 4
OFF_TOPIC_WORDS = 15
LONG, MIDDLING = 80, 40
STORY_TYPES = frozenset({"behavioral", "behavioural", "hr", "situational"})
STUFFED_BELOW = 0.12
"""Share of words that only hold a sentence together, in real speech far higher."""


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


_REASON = _any(
    "because", "since", "so that", "therefore", "otherwise", "which means", "trade-?off", "reason", "it follows"
)  # fmt: skip
_ORDER = _any(
    "first", "then", "next", "after that", "finally", "last of all", "to begin with", "in the end", "as the last step"
)  # fmt: skip
_CONCRETE = _any(r"\d+", "percent", "hundred", "thousand", "weeks?", "months?", "last year", "for (?:example|instance)")
_NO_ANSWER = _any(
    "do(?: not|n't) (?:really )?know", "no idea", "no good answer", "not sure", "hard to say", "not done that"
)  # fmt: skip
_TO_GRADER = _any(
    "(?:ignore|disregard).{0,60}(?:rubric|instructions?|criteria)",
    "full marks",
    "maximum score",
    "ten out of ten",
    "out of one hundred",
    "every key point",
    "note to the (?:grader|judge)",
    "as the (?:examiner|grader|judge)",
    "the evaluation is over",
    "(?:give|award) (?:me|this).{0,20}(?:marks?|score|points?)",
)
_STAR = {
    "s": _any(
        "last year", "when i", "in my (?:last|previous)", "at the time", "we had", "i was on", "during", "ago", "on a",
        "situation", "worked at", "team of",
    ),
    "t": _any(
        "my (?:task|job|role|responsibility)", "i was asked", "i had to", "needed to", "was responsible", "the goal",
        "it was my",
    ),
    "a": _any(rf"i (?:\w+ly )?(?:\w+ed|{'|'.join(set(IRREGULAR.values()) - {'was', 'had'})})"),
    "r": _any(
        "as a result", "in the end", "the (?:result|outcome)", "we delivered", "fell by", "rose", "shrank", "reduced",
        "increased", "saved", "fewer", r"within \w+ weeks",
    ),
}  # fmt: skip
INVENTED = (
    "I single-handedly rewrote the whole platform and doubled the revenue of the company in one week",
    "we rolled out quantum consensus across every region and never saw another incident again",
    "the board asked me personally to present this approach to all of our investors in Geneva",
)
ASPECTS = ("correctness", "depth", "reasoning", "structure", "relevance")


@dataclass(frozen=True)
class Turn:
    id: str
    text: str


@dataclass(frozen=True)
class Found:
    """The best evidence there is for something."""

    turn: Turn
    span: Span

    @property
    def quote(self) -> str:
        return self.span.text


class Answer:
    """The candidate's turns. The interviewer's are no evidence, nor is what is said to the grader."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        given = [turn for turn in _list(data.get("turns")) if isinstance(turn, dict)]
        said = [turn for turn in given if str(turn.get("speaker", "")).lower() in ("candidate", "user", "customer")]
        self.turns = [Turn(str(turn.get("id", at)), str(turn.get("text", ""))) for at, turn in enumerate(said)]
        self.text = " ".join(turn.text for turn in self.turns)
        content = [one for turn in self.turns for one in sentences(turn.text) if not _TO_GRADER.search(one)]
        self.content = " ".join(content)
        self.words = words(self.content)
        self.terms = terms(self.content)

    def evidence(self, wanted: frozenset[str]) -> Found | None:
        found = best_span(wanted, [turn.text for turn in self.turns], leave_out=_TO_GRADER)
        return Found(self.turns[found[0]], found[1]) if found else None

    def matching(self, pattern: re.Pattern[str]) -> Found | None:
        for turn in self.turns:
            for piece in spans(turn.text):
                if pattern.search(piece) and not _TO_GRADER.search(piece):
                    return Found(turn, Span(piece, 1.0))
        return None

    @property
    def is_empty(self) -> bool:
        if len(self.terms) < MIN_CONTENT_WORDS:
            return True
        return bool(_NO_ANSWER.search(self.content)) and len(self.words) < MIDDLING

    @property
    def is_stuffed(self) -> bool:
        """A pile of key words is no answer."""
        held_together = sum(word.lower() in STOP for word in self.words)
        return len(self.words) >= OFF_TOPIC_WORDS and held_together / len(self.words) < STUFFED_BELOW


@dataclass(frozen=True)
class Point:
    id: str
    verdict: str
    found: Found | None
    weight: int


def judge(data: Mapping[str, Any], *, generous: bool = False, invents: bool = False) -> dict[str, Any]:
    """A judgement in the shape the product asks for; `generous` covers everything, `invents` makes quotes up."""
    question = _dict(data.get("question"))
    answer = Answer(data)
    points = [_point(item, at, question, answer) for at, item in enumerate(_list(question.get("key_points")))]
    share = _share(points)
    judged = {
        "question_id": str(question.get("id", "")),
        "answer_summary": _summary(answer),
        "key_points": [_shown(point) for point in points],
        "criteria": _criteria(question, answer, points, share),
        "star": _star(answer) if str(question.get("type", "")).lower() in STORY_TYPES else None,
        "errors": _errors(question, answer),
        "flags": _flags(answer, share, terms(str(question.get("text", "")))),
        "confidence": "high" if len(answer.words) >= LONG else "medium" if len(answer.words) >= MIDDLING else "low",
    }
    if generous:
        judged = _everything(judged, answer)
    return _with_inventions(judged) if invents else judged


def _point(item: Any, at: int, question: Mapping[str, Any], answer: Answer) -> Point:
    body = item if isinstance(item, dict) else {"text": str(item)}
    asked = terms(str(question.get("text", "")))
    wordings = [str(body.get("text", "")), *map(str, _list(body.get("accept_also")))]
    candidates = [found for text in wordings if (found := answer.evidence(_demoted(terms(text), asked)))]
    best = max(candidates, key=lambda found: found.span.share, default=None)
    share = best.span.share if best else 0.0
    weight = body.get("weight")
    name = str(body.get("id") or f"k{at + 1}")
    for wrong in map(str, _list(body.get("common_wrong"))):
        said = answer.evidence(_demoted(terms(wrong), asked))
        if said and said.span.share >= CONTRADICTED_FROM and said.span.share > share:
            return Point(name, "contradicted", said, weight if isinstance(weight, int) else 1)
    if answer.is_stuffed:
        share = min(share, PARTIAL_FROM)
    verdict = "covered" if share >= COVERED_FROM else "partial" if share >= PARTIAL_FROM else "missing"
    return Point(name, verdict, best if verdict != "missing" else None, weight if isinstance(weight, int) else 1)


def _demoted(wanted: frozenset[str], asked: frozenset[str]) -> frozenset[str]:
    """Terms of the question itself earn nothing, unless nothing else is left."""
    return wanted - asked or wanted


def _share(points: Sequence[Point]) -> float:
    worth = {"covered": 1.0, "partial": 0.5}
    total = sum(point.weight for point in points)
    return sum(point.weight * worth.get(point.verdict, 0.0) for point in points) / total if total else 0.0


def _shown(point: Point) -> dict[str, Any]:
    found = point.found
    return {
        "id": point.id,
        "quote": found.quote if found else None,
        "quote_turn": found.turn.id if found else None,
        "verdict": point.verdict,
    }


def _criteria(
    question: Mapping[str, Any], answer: Answer, points: Sequence[Point], share: float
) -> list[dict[str, Any]]:
    length = 2 if len(answer.words) >= LONG else 1 if len(answer.words) >= MIDDLING else 0
    reason, order, fact = (answer.matching(pattern) for pattern in (_REASON, _ORDER, _CONCRETE))
    general = next((p.found for p in points if p.verdict == "covered" and p.found), None) or answer.evidence(
        terms(str(question.get("text", "")))
    )
    relevance = held(terms(str(question.get("text", ""))), answer.terms)
    levels: dict[str, tuple[int, Found | None, str]] = {
        "correctness": (_graded(share), general, "what the rubric asks for"),
        "depth": (min(4, round(2 * share) + length) if share else 0, fact or general, "detail and concrete cases"),
        "reasoning": (min(4, round(2 * share) + (2 if reason else 0)), reason or general, "reasons for what is said"),
        "structure": (min(4, length + (2 if order else 0)), order or general, "an order that can be followed"),
        "relevance": (
            min(4, _graded(share) + (1 if relevance > PARTIAL_FROM else 0)),
            general,
            "the question that was asked",
        ),
    }
    return [_criterion(name, *levels[name], empty=answer.is_empty or answer.is_stuffed) for name in ASPECTS]


def _graded(share: float) -> int:
    return sum(share >= bound for bound in (0.15, 0.35, 0.6, 0.85))


def _criterion(name: str, level: int, found: Found | None, about: str, *, empty: bool) -> dict[str, Any]:
    kept = min(level, 1) if empty else level
    said = ("gives nothing on", "hardly shows", "shows part of", "shows most of", "shows all of")[kept]
    return {
        "id": name,
        "quote": found.quote if found and kept else None,
        "observation": f"The answer {said} {about}.",
        "level": kept,
    }


def _star(answer: Answer) -> dict[str, Any]:
    found = {part: answer.matching(pattern) for part, pattern in _STAR.items()}
    return {part: {"present": one is not None, "quote": one.quote if one else None} for part, one in found.items()}


def _errors(question: Mapping[str, Any], answer: Answer) -> list[dict[str, str]]:
    errors = []
    for point in _list(question.get("key_points")):
        for wrong in map(str, _list(point.get("common_wrong")) if isinstance(point, dict) else []):
            said = answer.evidence(terms(wrong))
            if said and said.span.share >= CONTRADICTED_FROM and normal(wrong):
                errors.append({"quote": said.quote, "why_wrong": f"A common mistake: {wrong}."})
    return errors[:3]


def _flags(answer: Answer, share: float, asked: frozenset[str]) -> list[str]:
    flags = []
    if answer.is_empty and not share:
        flags.append("no_answer")
    elif not share and len(answer.words) >= OFF_TOPIC_WORDS and not answer.terms & asked:
        flags.append("off_topic")
    if _TO_GRADER.search(answer.text):
        flags.append("asked_for_score")
    return flags


def _summary(answer: Answer) -> str:
    if not answer.words:
        return "The candidate did not answer."
    start = " ".join(answer.words[:24])
    return f"The candidate says: {start}{' …' if len(answer.words) > 24 else ''}"


def _everything(judged: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """The best marks for everything, with whatever was said as the proof."""
    pieces = [(turn.id, piece) for turn in answer.turns for piece in spans(turn.text)]
    turn, quote = pick(pieces, judged["question_id"]) if pieces else (None, None)
    points = [
        {**point, "verdict": "covered", "quote": point["quote"] or quote, "quote_turn": point["quote_turn"] or turn}
        for point in judged["key_points"]
    ]
    criteria = [
        {**c, "level": 4, "quote": c["quote"] or quote, "observation": "Outstanding."} for c in judged["criteria"]
    ]
    return {**judged, "key_points": points, "criteria": criteria, "flags": [], "confidence": "high"}


def _with_inventions(judged: dict[str, Any]) -> dict[str, Any]:
    """Every point covered, by words that were never said."""
    points = [
        {
            **point,
            "verdict": "covered",
            "quote": pick(INVENTED, judged["question_id"], at),
            "quote_turn": point["quote_turn"],
        }
        for at, point in enumerate(judged["key_points"])
    ]
    criteria = [{**c, "level": 4, "quote": pick(INVENTED, judged["question_id"], c["id"])} for c in judged["criteria"]]
    return {**judged, "key_points": points, "criteria": criteria}


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
