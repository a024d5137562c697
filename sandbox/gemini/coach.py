"""Writes coaching from the judgements it is given and from nothing else: no fact is invented, no number named."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.dice import pick

MOST = 4
MAX_QUOTE_CHARS = 240
DRILLS = (
    "Say the answer aloud in two minutes with these points on a card, then once more without the card.",
    "Record yourself answering it three days in a row and tick off each point as you hear it.",
    "Explain it to a colleague in ninety seconds and ask what they would still like to know.",
    "Write the points as three bullet words, wait a day, and answer from the words alone.",
)
PRAISE = (
    "On {area} you made the point clearly: “{quote}”.",
    "Your answer about {area} rests on something concrete: “{quote}”.",
    "You showed this on {area}, in your own words: “{quote}”.",
)


def write(data: Mapping[str, Any]) -> dict[str, Any]:
    judged = [_Judged(item) for item in data.get("judgements") or [] if isinstance(item, dict)]
    strong = [j for j in judged if j.made and j.quotes]
    open_ones = sorted((j for j in judged if j.lacking), key=lambda j: len(j.made))
    weaknesses = [{"text": _gap(j), "judgement_ids": [j.id]} for j in open_ones[:MOST]]
    return {
        "strengths": [{"text": _praise(j), "judgement_ids": [j.id]} for j in strong[:MOST]],
        "weaknesses": weaknesses,
        "recommendations": [_advice(j) for j in open_ones[:MOST]] or [_polish(j) for j in judged[:1]],
        "better_answers": [{"question_id": j.question_id, "text": _better(j)} for j in judged],
        "feedback": [{"question_id": j.question_id, "text": _feedback(j)} for j in judged],
        "one_thing_first": weaknesses[0]["text"]
        if weaknesses
        else "End each answer with a result that can be measured.",
    }


class _Judged:
    def __init__(self, item: Mapping[str, Any]) -> None:
        self.id = str(item.get("judgement_id") or item.get("id") or item.get("question_id") or "")
        self.question_id = str(item.get("question_id") or "")
        self.question = str(item.get("question") or item.get("text") or "")
        self.area = str(item.get("competency") or "this topic").replace("_", " ")
        self.answered = bool(item.get("answered", True))
        points = [p for p in item.get("key_points") or [] if isinstance(p, dict)]
        self.made = [str(p.get("text", "")) for p in points if p.get("verdict") == "covered"]
        self.half = [str(p.get("text", "")) for p in points if p.get("verdict") == "partial"]
        self.lacking = [str(p.get("text", "")) for p in points if p.get("verdict") in ("missing", "contradicted")]
        own = [str(p["quote"]) for p in points if p.get("quote")]
        self.quotes = [
            str(q.get("text", "")) if isinstance(q, dict) else str(q) for q in item.get("quotes") or []
        ] or own


def _short(quote: str) -> str:
    if len(quote) <= MAX_QUOTE_CHARS:
        return quote
    return quote[:MAX_QUOTE_CHARS].rsplit(" ", 1)[0] + " …"


def _praise(judged: _Judged) -> str:
    return pick(PRAISE, judged.id).format(area=judged.area, quote=_short(judged.quotes[0]))


def _gap(judged: _Judged) -> str:
    if not judged.answered:
        return f"The question about {judged.area} stayed without an answer."
    return f"On {judged.area} the answer did not say: {_joined(judged.lacking[:2])}."


def _advice(judged: _Judged) -> dict[str, Any]:
    return {
        "title": f"Complete your answer on {judged.area}",
        "detail": f"A full answer to “{judged.question}” also says: {_joined(judged.lacking[:3])}.",
        "practice": pick(DRILLS, judged.id),
        "judgement_ids": [judged.id],
    }


def _polish(judged: _Judged) -> dict[str, Any]:
    return {
        "title": f"Tighten your answer on {judged.area}",
        "detail": "Nothing essential is missing. Say the conclusion first and one measured result last.",
        "practice": pick(DRILLS, judged.id),
        "judgement_ids": [judged.id],
    }


def _feedback(judged: _Judged) -> str:
    if not judged.answered:
        return "There was no answer to judge."
    parts = []
    if judged.made:
        parts.append(f"The answer says {_joined(judged.made[:2])}.")
    if judged.half:
        parts.append(f"It touches on this without finishing it: {_joined(judged.half[:2])}.")
    if judged.lacking:
        parts.append(f"It leaves out: {_joined(judged.lacking[:3])}.")
    return " ".join(parts) or "The answer stays general; one concrete case would carry it."


def _better(judged: _Judged) -> str:
    start = (
        f"Keep this: “{_short(judged.quotes[0])}”. Then go on: "
        if judged.quotes
        else "Begin with one case of your own, then say: "
    )
    rest = [*judged.half, *judged.lacking] or judged.made or ["what came of it, with a number"]
    return start + _joined(rest[:MOST]) + "."


def _joined(points: Sequence[str]) -> str:
    return "; ".join(point[:1].lower() + point[1:].rstrip(".") for point in points)
