"""How much of a wanted text an answer holds: half soft recall of its terms, a quarter trigrams, a quarter saturation.

Fixed weights, nothing trained. A term weighs what it tells: rare words more than those that every text has, and those
that the question itself contains next to nothing ("question demotion"), for handing the question back is no answer.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from core.reports.rater.polarity import negated_stems, negations_in
from core.reports.rater.words import content_stems, dice, trigrams

SOFT_MATCH = 0.62
"""Trigram likeness from which a different word counts as the same one, misspelt or derived."""
SOFT_WORTH = 0.6
OPPOSITE_WORTH = 0.3
"""What a term keeps that the answer denies and the wanted text does not, or the other way round."""
QUESTION_WORTH = 0.2
SAME_WORDS = 0.75
SATURATION = 1.2
_FREQUENCIES = Path(__file__).with_name("frequencies.txt")


@lru_cache(maxsize=1)
def _frequencies() -> tuple[int, Mapping[str, int]]:
    """In how many of how many short texts on our subjects a stem stands; what is not listed stands in none."""
    texts, *lines = _FREQUENCIES.read_text(encoding="utf-8").splitlines()
    return int(texts), {stem: int(count) for stem, count in (line.split() for line in lines)}


@lru_cache(maxsize=50_000)
def rarity(stem: str) -> float:
    """Inverse document frequency, as in BM25."""
    texts, counts = _frequencies()
    count = counts.get(stem, 0)
    return math.log(1 + (texts - count + 0.5) / (count + 0.5))


@dataclass(frozen=True)
class Wanted:
    """The terms of a key point or reference with what each weighs, and those it denies."""

    weights: Mapping[str, float]
    denied: frozenset[str]
    negations: int

    @classmethod
    def of(cls, text: str, question_stems: Collection[str]) -> "Wanted":
        terms = dict.fromkeys(content_stems(text))
        only_asked = all(term in question_stems for term in terms)
        weights = {
            term: rarity(term) * (QUESTION_WORTH if term in question_stems and not only_asked else 1.0)
            for term in terms
        }
        return cls(weights, negated_stems(text), negations_in(text))

    @cached_property
    def total(self) -> float:
        return sum(self.weights.values())

    @cached_property
    def trigrams(self) -> frozenset[str]:
        return frozenset().union(*(trigrams(term) for term in self.weights))


class Heard:
    """An answer, or a part of it, made ready to be held against many wanted texts."""

    def __init__(self, text: str, stems: Sequence[str] | None = None) -> None:
        self.counts = Counter(content_stems(text) if stems is None else stems)
        self.denied = negated_stems(text)
        self.negations = negations_in(text)
        self.trigrams = frozenset().union(*(trigrams(stem) for stem in self.counts))
        self._near: dict[str, frozenset[str]] = {}
        self._by_letter: dict[str, list[str]] = {}
        for stem in self.counts:
            self._by_letter.setdefault(stem[:1], []).append(stem)

    def matches(self, term: str) -> frozenset[str]:
        """The stems of the answer that say this term: itself, or else words that differ by a letter or an ending."""
        if term in self.counts:
            return frozenset({term})
        if term not in self._near:
            alike = (stem for stem in self._by_letter.get(term[:1], ()) if _near(term, stem))
            self._near[term] = frozenset(alike)
        return self._near[term]


def coverage(wanted: Wanted, heard: Heard) -> float:
    """0 to 1: how much of `wanted` an answer (or a part of it) holds."""
    if not wanted.weights or not heard.counts:
        return 0.0
    soft = saturated = 0.0
    for term, weight in wanted.weights.items():
        found = heard.matches(term)
        if not found:
            continue
        kept = weight * (OPPOSITE_WORTH if (term in wanted.denied) != bool(found & heard.denied) else 1.0)
        soft += kept if term in heard.counts else SOFT_WORTH * kept
        saturated += kept * heard.counts[term] / (heard.counts[term] + SATURATION)
    own = wanted.total / (1 + SATURATION)
    alike = len(wanted.trigrams & heard.trigrams) / len(wanted.trigrams)
    return 0.5 * soft / wanted.total + 0.25 * alike + 0.25 * min(1.0, saturated / own)


def contradicted_share(wanted: Wanted, heard: Heard) -> float:
    """Which part of what the answer takes up of `wanted`, by weight, it denies while the wanted text does not."""
    taken_up = {term: heard.matches(term) for term in wanted.weights}
    matched = sum(wanted.weights[term] for term, found in taken_up.items() if found)
    denied = sum(
        wanted.weights[term] for term, found in taken_up.items() if found & heard.denied and term not in wanted.denied
    )
    return denied / matched if matched else 0.0


def says_the_words(wanted: Wanted, heard: Heard, *, share: float = SAME_WORDS) -> bool:
    """Whether the answer has nearly all of the words themselves, whatever it says with them."""
    said = sum(weight for term, weight in wanted.weights.items() if term in heard.counts)
    return said >= share * wanted.total > 0


def turns_round(wanted: Wanted, heard: Heard, *, share: float = SAME_WORDS) -> bool:
    """Whether the answer says the very words with one negation more or less."""
    return says_the_words(wanted, heard, share=share) and (heard.negations - wanted.negations) % 2 == 1


def says_something_new(wanted: Wanted, heard: Heard, question_stems: Collection[str]) -> bool:
    """Whether the answer holds a wanted term that the question did not hand out."""
    return any(heard.matches(term) for term in wanted.weights if term not in question_stems)


def _near(term: str, stem: str) -> bool:
    return abs(len(term) - len(stem)) <= 4 and min(len(term), len(stem)) >= 4 and dice(term, stem) >= SOFT_MATCH
