"""The offline rater: fixed arithmetic over words, always at hand, deaf to instructions.

It orders answers about as well as a second human does; its level is rough, so reports show bands beside it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from core.reports.injection import asks_for_score
from core.reports.rater.coverage import (
    Heard,
    RunningText,
    Wanted,
    contradicted_share,
    coverage,
    likeness,
    matched_weight,
    says_something_new,
    says_the_words,
    takes_up,
    turns_round,
)
from core.reports.rater.gates import is_echo, is_no_answer, is_stuffed, repeats
from core.reports.rater.polarity import denied_at_large, opens_with_denial
from core.reports.rater.words import content_stems, sentences
from core.reports.rater.worth import beyond_chance, worth

Verdict = Literal["covered", "partial", "missing", "contradicted"]
COVERED_FROM, PARTIAL_FROM = 0.55, 0.30
CONTRADICTED_FROM = 0.5
DENIED_FROM, DENIED_THOUGH_TURNING_FROM = 0.3, 0.7
"""The part of what an answer denies at large that was wanted; who goes on with "in fact" may have denied something
else, unless it was all but the wanted words."""
GATED_AT = 0.2
"""What an answer keeps at most once a gate has closed on it."""
WINDOW_SENTENCES = 2
TERMS_A_SENTENCE = 6
DESCRIPTION_TERMS = 15
VERBATIM = 0.9
"""The part of a whole reference's words from which an answer is held to be those very words."""
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
        return Rating(0.0, ("no_answer",), tuple(PointRating(t, 0.0, "missing", None) for t in key_points))
    asked = frozenset(content_stems(question))
    said = _Answer(answer)
    alternatives = [Wanted.of(text[:MAX_CHARACTERS], asked) for text in references]
    points = tuple(_rate_point(text, said, asked) for text in key_points)
    shares = [
        worth(likeness(wanted, RunningText(text[:MAX_CHARACTERS]), said.whole, said.running))
        for text, wanted in zip(references, alternatives, strict=True)
    ]
    if points:
        shares.append(sum(_worth(point) for point in points) / len(points))
    score = max(shares, default=0.0)
    wanted = [*alternatives, *(Wanted.of(text[:MAX_CHARACTERS], asked) for text in key_points)]
    flags = _flags(said, asked, wanted, earlier_answers)
    at_large = _denies_at_large(wanted, said, asked)
    if (
        at_large
        or any(point.verdict == "contradicted" for point in points)
        or _contradicts(references, alternatives, said, asked)
    ):
        flags.append("contradicted")
        if at_large or references or all(point.verdict in ("contradicted", "missing") for point in points):
            score = min(score, GATED_AT)
    if set(flags) & {"keyword_stuffing", "echo", "repetition"}:
        score = min(score, GATED_AT)
    return Rating(round(max(0.0, min(1.0, score)), 6), tuple(flags), points)


class _Answer:
    """An answer and its windows of neighbouring sentences, each made ready once."""

    def __init__(self, text: str) -> None:
        self.text = text
        # A sentence said again adds nothing to what was said.
        self.sentences = list(dict.fromkeys(sentences(text)))
        self._windows: dict[int, list[tuple[str, Heard]]] = {}

    @cached_property
    def whole(self) -> Heard:
        return Heard("\n".join(self.sentences))

    @cached_property
    def running(self) -> RunningText:
        return RunningText(self.text)

    def windows(self, size: int) -> list[tuple[str, Heard]]:
        if size not in self._windows:
            starts = range(max(1, len(self.sentences) - size + 1))
            parts = [" ".join(self.sentences[at : at + size]) for at in starts]
            self._windows[size] = [(part, Heard(part)) for part in parts]
        return self._windows[size]


def _flags(said: _Answer, asked: frozenset[str], wanted: Sequence[Wanted], earlier: Sequence[str]) -> list[str]:
    covers = max((coverage(each, said.whole) for each in wanted), default=0.0)
    echoes = is_echo(said.text, asked) and not any(says_something_new(each, said.whole, asked) for each in wanted)
    found = {
        "keyword_stuffing": is_stuffed(said.text, covers=covers),
        "echo": echoes,
        "repetition": repeats(said.text, earlier),
        "instruction_in_answer": asks_for_score(said.text),
    }
    return [name for name, seen in found.items() if seen]


def _rate_point(text: str, said: _Answer, asked: frozenset[str]) -> PointRating:
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
    if heard and best >= PARTIAL_FROM and _denies(wanted, heard):
        return PointRating(text, best, "contradicted", span)
    verdict: Verdict = "covered" if best >= COVERED_FROM else "partial" if best >= PARTIAL_FROM else "missing"
    return PointRating(text, best, verdict, span if verdict != "missing" else None)


def _window_sizes(wanted: Wanted, said: _Answer) -> list[int]:
    """A point of a few words is made in a sentence or two; a long description may take the whole answer."""
    terms, available = len(wanted.weights), len(said.sentences)
    longest = max(WINDOW_SENTENCES, min(MAX_WINDOW_SENTENCES, math.ceil(terms / TERMS_A_SENTENCE)))
    sizes = list(range(1, min(longest, available) + 1))
    return [*sizes, available] if terms >= DESCRIPTION_TERMS and available > sizes[-1] else sizes


def _worth(point: PointRating) -> float:
    return 0.0 if point.verdict == "contradicted" else worth(point.coverage)


def _denies(wanted: Wanted, heard: Heard) -> bool:
    return contradicted_share(wanted, heard) >= CONTRADICTED_FROM or turns_round(wanted, heard)


def _denies_at_large(wanted: Sequence[Wanted], said: _Answer, asked: frozenset[str]) -> bool:
    """Whether "it is not true that" stands before much of what was wanted, or "all of this is wrong" behind it."""
    found = denied_at_large(said.text)
    if found is None or not any(coverage(each, said.whole) >= PARTIAL_FROM for each in wanted):
        return False
    text, turns = found
    return takes_up(Heard(text), wanted, asked) >= (DENIED_THOUGH_TURNING_FROM if turns else DENIED_FROM)


def _contradicts(
    references: Sequence[str], alternatives: Sequence[Wanted], said: _Answer, asked: frozenset[str]
) -> bool:
    """Every reference that the answer comes near to is one that it denies, as a whole or in most of its sentences."""
    near = [
        (text, wanted)
        for text, wanted in zip(references, alternatives, strict=True)
        if coverage(wanted, said.whole) >= PARTIAL_FROM
    ]
    return bool(near) and all(
        contradicted_share(wanted, said.whole) >= CONTRADICTED_FROM
        or (opens_with_denial(said.text) and says_the_words(wanted, said.whole))
        or (turns_round(wanted, said.whole, share=VERBATIM) and not _says_it_straight(wanted, said))
        or _turned_round(text, said, asked) >= CONTRADICTED_FROM
        for text, wanted in near
    )


def _turned_round(reference: str, said: _Answer, asked: frozenset[str]) -> float:
    """The part of a reference, by weight, whose sentences the answer says with one negation more or less."""
    parts = [Wanted.of(sentence, asked) for sentence in sentences(reference)]
    turned = sum(
        part.total
        for part in parts
        if any(turns_round(part, heard) for _, heard in said.windows(1)) and not _says_it_straight(part, said)
    )
    return turned / (sum(p.total for p in parts) or 1.0)


def _says_it_straight(wanted: Wanted, said: _Answer) -> bool:
    """Whether one sentence of the answer says the words just as they are wanted."""
    return any(says_the_words(wanted, heard) and not turns_round(wanted, heard) for _, heard in said.windows(1))
