"""The offline rater: fixed arithmetic over words, always at hand, deaf to instructions.

It orders answers about as well as a second human does; its level is rough, so reports show bands beside it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.reports.injection import asks_for_score
from core.reports.rater.answer import Answer, stems_of
from core.reports.rater.contradiction import contradicts, denies, denies_at_large
from core.reports.rater.coverage import (
    PARTIAL_FROM,
    RunningText,
    Wanted,
    coverage,
    likeness,
    matched_weight,
    says_something_new,
)
from core.reports.rater.gates import is_echo, is_no_answer, is_self_praise, is_stuffed, repeats
from core.reports.rater.polarity import denies_throughout
from core.reports.rater.words import content_stems
from core.reports.rater.worth import beyond_chance, worth

Verdict = Literal["covered", "partial", "missing", "contradicted"]
COVERED_FROM = 0.55
BY_POINTS = 0.6
"""The part of the score that key points bring one by one; the rest is how near the whole answer is to all of them."""
GATED_AT = 0.2
"""What an answer keeps at most once a gate has closed on it."""
PRAISED_AT = 0.005
WINDOW_SENTENCES = 2
TERMS_A_SENTENCE = 6
DESCRIPTION_TERMS = 15
LONGER_PAYS_FROM = 0.05
"""What a longer window must add to be taken instead of a shorter one."""
MAX_WINDOW_SENTENCES = 6
MAX_CHARACTERS = 20_000
"""Of an answer, a question or a wanted text: half an hour of speech; what comes after it is not read."""


@dataclass(frozen=True)
class PointRating:
    text: str
    coverage: float
    verdict: Verdict
    span: str | None
    """The sentences of the answer that cover it best, verbatim."""


@dataclass(frozen=True)
class Rating:
    score: float
    """0 to 1."""
    flags: tuple[str, ...]
    points: tuple[PointRating, ...]
    ceiling: float = 1.0
    """What a gate leaves, whatever the points say."""


def rate(
    question: str,
    *,
    answer: str,
    references: Sequence[str] = (),
    key_points: Sequence[str] = (),
    earlier_answers: Sequence[str] = (),
) -> Rating:
    """How much of what was wanted the answer says.

    `references` are alternatives of which the nearest counts, `key_points` are all wanted; with both, the better of
    the two. Flags: `no_answer`, `keyword_stuffing`, `echo`, `repetition`, `contradicted`, `instruction_in_answer`.
    """
    answer, question = answer[:MAX_CHARACTERS], question[:MAX_CHARACTERS]
    if is_no_answer(answer):
        return Rating(0.0, ("no_answer",), _all_missing(key_points))
    asked = frozenset(content_stems(question))
    said = Answer(answer, stems_of([question, *references, *key_points]))
    alternatives = [Wanted.of(text[:MAX_CHARACTERS], asked) for text in references]
    points = tuple(_rate_point(text, said, asked) for text in key_points)
    shares = [
        worth(likeness(wanted, RunningText(text[:MAX_CHARACTERS]), said.whole, said.running))
        for text, wanted in zip(references, alternatives, strict=True)
    ]
    if points:
        made = sum(worth_of(point) for point in points) / len(points)
        whole = "\n".join(text[:MAX_CHARACTERS] for text in key_points)
        near = likeness(Wanted.of(whole, asked), RunningText(whole), said.whole, said.running)
        shares.append(BY_POINTS * made + (1 - BY_POINTS) * worth(near))
    wanted = [*alternatives, *(Wanted.of(text[:MAX_CHARACTERS], asked) for text in key_points)]
    flags = _flags(said, asked, wanted, earlier_answers)
    at_large = denies_at_large(wanted, said, asked) or denies_throughout(answer, " ".join([*references, *key_points]))
    ceiling = GATED_AT if set(flags) & {"keyword_stuffing", "echo", "repetition"} or at_large else 1.0
    turned = any(point.verdict == "contradicted" for point in points)
    if at_large or turned or contradicts(references, alternatives, said, asked):
        flags.append("contradicted")
        if references or all(point.verdict in ("contradicted", "missing") for point in points):
            ceiling = GATED_AT
    if is_self_praise(answer):
        ceiling = PRAISED_AT
    score = min(ceiling, max(shares, default=0.0))
    return Rating(round(max(0.0, min(1.0, score)), 6), tuple(flags), points, ceiling)


def rate_points(question: str, *, answer: str, key_points: Sequence[str]) -> tuple[PointRating, ...]:
    """What `rate` says of the key points alone."""
    if not key_points:
        return ()
    answer, question = answer[:MAX_CHARACTERS], question[:MAX_CHARACTERS]
    if is_no_answer(answer):
        return _all_missing(key_points)
    said = Answer(answer, stems_of([question, *key_points]))
    asked = frozenset(content_stems(question))
    return tuple(_rate_point(text, said, asked) for text in key_points)


def _all_missing(key_points: Sequence[str]) -> tuple[PointRating, ...]:
    return tuple(PointRating(text, 0.0, "missing", None) for text in key_points)


def _flags(said: Answer, asked: frozenset[str], wanted: Sequence[Wanted], earlier: Sequence[str]) -> list[str]:
    covers = max((coverage(each, said.whole) for each in wanted), default=0.0)
    echoes = is_echo(said.text, asked) and not any(says_something_new(each, said.whole, asked) for each in wanted)
    found = {
        "keyword_stuffing": is_stuffed(said.text, covers=covers),
        "echo": echoes,
        "repetition": repeats(said.text, earlier),
        "instruction_in_answer": asks_for_score(said.text),
    }
    return [name for name, seen in found.items() if seen]


def _rate_point(text: str, said: Answer, asked: frozenset[str]) -> PointRating:
    """Single sentences first, then neighbours: a point that is spread over a long ramble is not a point made."""
    wanted = Wanted.of(text[:MAX_CHARACTERS], asked)
    best, span, heard = 0.0, None, None
    for size in _window_sizes(wanted, said):
        for part, window in said.windows(size):
            share = coverage(wanted, window)
            if share > best + (LONGER_PAYS_FROM if span else 0.0):
                best, span, heard = share, part, window
    if heard:
        best = beyond_chance(best, matched_weight(wanted, heard), terms=len(said.whole.counts))
    if heard and best >= PARTIAL_FROM and denies(wanted, heard):
        return PointRating(text, best, "contradicted", span)
    verdict: Verdict = "covered" if best >= COVERED_FROM else "partial" if best >= PARTIAL_FROM else "missing"
    return PointRating(text, best, verdict, span if verdict != "missing" else None)


def _window_sizes(wanted: Wanted, said: Answer) -> list[int]:
    """A point of a few words is made in a sentence or two; a long description may take the whole answer."""
    terms, available = len(wanted.weights), len(said.sentences)
    longest = max(WINDOW_SENTENCES, min(MAX_WINDOW_SENTENCES, math.ceil(terms / TERMS_A_SENTENCE)))
    sizes = list(range(1, min(longest, available) + 1))
    return [*sizes, available] if terms >= DESCRIPTION_TERMS and available > sizes[-1] else sizes


def worth_of(point: PointRating) -> float:
    """The part of a point that counts, 0 to 1: nothing where it is contradicted."""
    return 0.0 if point.verdict == "contradicted" else worth(point.coverage)
