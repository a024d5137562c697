"""How much of a wanted text an answer holds: half soft recall of its terms, a quarter trigrams, a quarter saturation.

A whole reference is also held by its running text: the words in their order, small ones and all.

Fixed weights, nothing trained. A term weighs what it tells: rare words more than those that every text has, and those
that the question itself contains next to nothing ("question demotion"), for handing the question back is no answer.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

from core.reports.rater.polarity import negated_stems, negations_in
from core.reports.rater.words import content_stems, dice, tokens, trigrams

PARTIAL_FROM = 0.30
"""The coverage from which an answer is about a wanted text at all."""
SOFT_MATCH = 0.62
"""Trigram likeness from which a different word counts as the same one, misspelt or derived."""
SOFT_WORTH = 0.6
OPPOSITE_WORTH = 0.15
"""What a term keeps that the answer denies and the wanted text does not, or the other way round."""
QUESTION_WORTH = 0.2
SAME_WORDS = 0.75
TURNED_FROM = 0.15
"""The part of the words in common, by weight, that one side denies and the other does not: less is a stray negation."""
SATURATION = 1.2
HALF_BY_CHANCE, HALF_AT_ONE_LENGTH = 500, 1500
"""How many different threes of letters hold half of those of any English text: 280 to 620 in answers and key points of
our own. It is taken off in full where the answer is far longer than the text, a little where it is not."""
SHORT_NUMBER = 2
SYMBOL_SHARE = 0.05
"""In what part of all texts a letter or a small number by itself is held to stand: everybody counts and has an A."""
_FREQUENCIES = Path(__file__).with_name("frequencies.txt")


@lru_cache(maxsize=1)
def _frequencies() -> tuple[int, Mapping[str, int]]:
    """In how many of how many short texts on our subjects a stem stands; what is not listed stands in none."""
    texts, *lines = _FREQUENCIES.read_text(encoding="utf-8").splitlines()
    return int(texts), {stem: int(count) for stem, count in (line.split() for line in lines)}


def is_listed(stem: str) -> bool:
    """Whether the stem is a word of our subjects at all."""
    return stem in _frequencies()[1]


@lru_cache(maxsize=50_000)
def rarity(stem: str) -> float:
    """Inverse document frequency, as in BM25."""
    texts, counts = _frequencies()
    count: float = counts.get(stem, 0)
    if len(stem) == 1 or (stem.isdigit() and len(stem) <= SHORT_NUMBER):
        count = max(count, SYMBOL_SHARE * texts)
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


class RunningText:
    """A text as it runs: its words, its terms in pairs, and its letters by threes."""

    def __init__(self, text: str) -> None:
        words, stems = tokens(text), content_stems(text)
        self.words = frozenset(words)
        self.pairs = frozenset(pairwise(stems))
        line = f" {' '.join(words)} "
        self.letters = frozenset(line[at : at + 3] for at in range(len(line) - 2))

    def share_of(self, wanted: "RunningText", kind: Literal["words", "pairs", "letters"]) -> float:
        """The part of `wanted` that stands in this text."""
        mine, theirs = getattr(self, kind), getattr(wanted, kind)
        return len(mine & theirs) / len(theirs) if theirs else 0.0


def coverage(wanted: Wanted, heard: Heard) -> float:
    """0 to 1: how much of `wanted` an answer (or a part of it) holds."""
    if not wanted.weights or not heard.counts:
        return 0.0
    soft, saturated = _recall(wanted, heard)
    alike = len(wanted.trigrams & heard.trigrams) / len(wanted.trigrams)
    return 0.5 * soft + 0.25 * alike + 0.25 * saturated


def likeness(wanted: Wanted, text: RunningText, heard: Heard, said: RunningText) -> float:
    """0 to 1: how near a whole answer comes to a whole reference; `text` and `said` are the two as they run."""
    if not wanted.weights or not heard.counts:
        return 0.0
    soft, saturated = _recall(wanted, heard)
    pairs = said.share_of(text, "pairs") if text.pairs else soft
    letters = _beyond(_by_chance(len(said.letters), len(text.letters)), said.share_of(text, "letters"))
    words = _beyond(_by_length(len(said.letters), len(text.letters)), said.share_of(text, "words"))
    return 0.35 * soft + 0.15 * saturated + 0.2 * pairs + 0.2 * letters + 0.1 * words


def _by_chance(said: int, wanted: int) -> float:
    """The part of a text's letters by threes that an answer of so many holds, whatever it is about."""
    return max(said / (said + HALF_AT_ONE_LENGTH), _by_length(said, wanted))


def _by_length(said: int, wanted: int) -> float:
    """What an answer holds by chance because it is longer than the text."""
    return said / (said + HALF_BY_CHANCE) * math.sqrt(max(0.0, 1 - wanted / max(1, said)))


def _beyond(chance: float, share: float) -> float:
    return max(0.0, (share - chance) / (1 - chance))


def matched_weight(wanted: Wanted, heard: Heard) -> float:
    """What the terms that an answer takes up weigh together, in nats."""
    return sum(weight for term, weight in wanted.weights.items() if heard.matches(term))


def _recall(wanted: Wanted, heard: Heard) -> tuple[float, float]:
    """The part of the terms that was said, by weight, and the same with what is said often counting more."""
    soft = saturated = 0.0
    for term, weight in wanted.weights.items():
        found = heard.matches(term)
        if not found:
            continue
        kept = weight * (OPPOSITE_WORTH if (term in wanted.denied) != bool(found & heard.denied) else 1.0)
        soft += kept if term in heard.counts else SOFT_WORTH * kept
        saturated += kept * heard.counts[term] / (heard.counts[term] + SATURATION)
    own = wanted.total / (1 + SATURATION)
    return soft / wanted.total, min(1.0, saturated / own)


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
    """Whether the answer says the very words with one negation more or less, and that negation bears on them."""
    odd = (heard.negations - wanted.negations) % 2 == 1
    return odd and says_the_words(wanted, heard, share=share) and opposed_share(wanted, heard) >= TURNED_FROM


def opposed_share(wanted: Wanted, heard: Heard) -> float:
    """Which part of the words in common, by weight, stands under a negation on one side only."""
    common = {term: found for term in wanted.weights if (found := heard.matches(term))}
    opposed = sum(
        wanted.weights[term] for term, found in common.items() if (term in wanted.denied) != bool(found & heard.denied)
    )
    return opposed / (sum(wanted.weights[term] for term in common) or 1.0)


def takes_up(denied: Heard, wanted: Sequence[Wanted], question_stems: Collection[str]) -> float:
    """Which part of a denied text, by weight, is asserted by what was wanted: its own words, not the question's."""
    weights = {stem: rarity(stem) for stem in denied.counts if stem not in question_stems}
    asserted = sum(
        weight
        for stem, weight in weights.items()
        if any(stem in each.weights and stem not in each.denied for each in wanted)
    )
    return asserted / (sum(weights.values()) or 1.0)


def own_share(claim: Heard, question_stems: Collection[str]) -> float:
    """Which part of a claim, by weight, is in no word of the question."""
    weights = {stem: rarity(stem) for stem in claim.counts}
    own = sum(weight for stem, weight in weights.items() if stem not in question_stems)
    return own / (sum(weights.values()) or 1.0)


def says_something_new(wanted: Wanted, heard: Heard, question_stems: Collection[str]) -> bool:
    """Whether the answer holds a wanted term that the question did not hand out."""
    return any(heard.matches(term) for term in wanted.weights if term not in question_stems)


def _near(term: str, stem: str) -> bool:
    return abs(len(term) - len(stem)) <= 4 and min(len(term), len(stem)) >= 4 and dice(term, stem) >= SOFT_MATCH
