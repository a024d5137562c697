"""How it was said, as facts about the speech: beside the score, never in it.

Each figure has its normal range, where that comes from, and the turns in which it can be heard; what was not measured
says so.
"""

import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.i18n import N_
from core.reports.quotes import VerifiedQuote
from core.reports.rater.words import tokens
from core.reports.scoring import LOW_CONFIDENCE
from core.reports.segments import Turn

MIN_WORDS_FOR_PACE = 15
MAX_MOMENTS = 2
FILLERS = frozenset({"um", "uh", "er", "erm", "ah", "hmm", "mm", "uhm"})
FILLERS_DROPPED_FIRST = frozenset({"um", "uh"})
"""A transcriber that leaves fillers out leaves out these: where one stands, it keeps them."""
HEDGES = re.compile(
    r"\b(?:maybe|probably|perhaps|i guess|kind of|sort of|i think|not sure|i suppose|hopefully)\b", re.IGNORECASE
)
WORDS_A_MINUTE, SECONDS, PERCENT = N_("words per minute"), N_("seconds"), N_("percent")
A_HUNDRED, AN_ANSWER = N_("per 100 words"), N_("words per answer")

Measured = tuple[float | None, list[Turn]]
"""A figure with the turns that show it best, or nothing."""


def panel(
    turns: Sequence[Turn],
    *,
    fillers_kept: bool,
    star: Mapping[int, Mapping[str, VerifiedQuote | None]] | None = None,
) -> dict[str, Any]:
    """Figures over the candidate's turns; each `value` is None where it cannot be measured. Delivery weighs 0.

    `star` holds, by the order of the question, the verified quote of each part of a story.
    """
    said = [t for t in turns if t.speaker == "candidate"]
    known = [t.confidence for t in said if t.confidence is not None]
    quality = round(statistics.mean(known), 2) if known else None
    hidden = quality is not None and quality < LOW_CONFIDENCE
    timed = [] if hidden else [t for t in said if _seconds(t) is not None]
    kept = fillers_kept or any(FILLERS_DROPPED_FIRST & set(tokens(t.text)) for t in said)
    fillers = _fillers(said) if kept and not hidden else (None, [])
    figures = {
        "pace": _figure(
            _pace(timed), WORDS_A_MINUTE, (110, 170), N_("Median over turns of 15 words and more, pauses included."),
            "National Center for Voice and Speech: conversation is about 150",
        ),
        "latency": _figure(
            _latency(turns) if timed else (None, []), SECONDS, (0.3, 3.0),
            N_("From the end of the question to your first word, median. Long thinking suits design questions."),
            "Enfield, How We Talk: most turns follow within a second",
        ),
        "longestMonologue": _figure(
            _longest(timed), SECONDS, (60, 150), N_("The longest turn; system design may take longer."),
            "Interview coaching practice",
        ),
        "talkShare": _figure((_share(turns), []), PERCENT, (65, 85), N_("Your words out of all words."),
                             "Interview coaching practice"),
        "answerLength": _figure(
            (_median_words(said), []), AN_ANSWER, (60, 350), N_("Median; length is reported, never rewarded."),
            "Technical answers 60 to 200 words, stories 150 to 350",
        ),
        "fillers": _figure(
            fillers, A_HUNDRED, (0, 2), N_("Not measured where the transcriber leaves fillers out."),
            "Enfield, How We Talk: one in 50 to 70 words in everyday speech",
        ),
        "hedging": _figure(
            _hedges(said), A_HUNDRED, (0, 3),
            N_("“It depends, because …” is good doubt and not counted against anybody."), "Our own trial on 90 answers",
        ),
    }  # fmt: skip
    return {
        "weight": 0,
        "transcriptConfidence": quality,
        "hiddenForQuality": hidden,
        "figures": figures,
        "stories": [_story(order, parts) for order, parts in sorted((star or {}).items())],
    }


def _figure(measured: Measured, unit: str, normal: tuple[float, float], note: str, source: str) -> dict[str, Any]:
    value, shown = measured
    return {
        "value": None if value is None else round(value, 1),
        "unit": unit,
        "normal": list(normal),
        "note": note,
        "source": source,
        "measured": value is not None,
        "moments": [_moment(t.id, t.start_ms) for t in shown[:MAX_MOMENTS]],
    }


def _moment(turn_id: str, start_ms: int | None) -> dict[str, Any]:
    return {"turnId": turn_id, "startMs": start_ms}


def _story(order: int, parts: Mapping[str, VerifiedQuote | None]) -> dict[str, Any]:
    """Which parts of situation, task, action and result an answer has, each with its words."""
    return {
        "questionOrder": order,
        "parts": {
            name: None if quote is None else {"quote": quote.text, **_moment(quote.turn_id, quote.start_ms)}
            for name, quote in parts.items()
        },
    }


def _seconds(turn: Turn) -> float | None:
    if turn.start_ms is None or turn.end_ms is None or turn.end_ms <= turn.start_ms:
        return None
    return (turn.end_ms - turn.start_ms) / 1000


def _pace(timed: Sequence[Turn]) -> Measured:
    rates = {t: 60 * len(tokens(t.text)) / (_seconds(t) or 1) for t in timed if _words(t) >= MIN_WORDS_FOR_PACE}
    if not rates:
        return None, []
    middle = statistics.median(rates.values())
    return middle, sorted(rates, key=lambda t: -abs(rates[t] - middle))


def _latency(turns: Sequence[Turn]) -> Measured:
    gaps = {
        after: max(0, after.start_ms - before.end_ms) / 1000
        for before, after in zip(turns, turns[1:], strict=False)
        if before.speaker == "interviewer"
        and after.speaker == "candidate"
        and before.end_ms is not None
        and after.start_ms is not None
    }
    return (statistics.median(gaps.values()), sorted(gaps, key=lambda t: -gaps[t])) if gaps else (None, [])


def _longest(timed: Sequence[Turn]) -> Measured:
    ordered = sorted(timed, key=lambda t: -(_seconds(t) or 0))
    return (_seconds(ordered[0]), ordered[:1]) if ordered else (None, [])


def _share(turns: Sequence[Turn]) -> float | None:
    mine = sum(_words(t) for t in turns if t.speaker == "candidate")
    everybody = sum(_words(t) for t in turns)
    return 100 * mine / everybody if mine else None


def _median_words(said: Sequence[Turn]) -> float | None:
    counts = [_words(t) for t in said]
    return statistics.median(counts) if counts else None


def _fillers(said: Sequence[Turn]) -> Measured:
    return _per_hundred(said, lambda text: sum(word in FILLERS for word in tokens(text)))


def _hedges(said: Sequence[Turn]) -> Measured:
    return _per_hundred(said, lambda text: len(HEDGES.findall(text)))


def _per_hundred(said: Sequence[Turn], count: Callable[[str], int]) -> Measured:
    words = sum(_words(t) for t in said)
    if not words:
        return None, []
    found = {t: count(t.text) for t in said}
    return 100 * sum(found.values()) / words, sorted((t for t in said if found[t]), key=lambda t: -found[t])


def _words(turn: Turn) -> int:
    return len(tokens(turn.text))
