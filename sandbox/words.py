"""Words as the stand-in's model and candidate see them: stems, what two texts share, and where."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer


def word_set(listed: str) -> frozenset[str]:
    """The words of a list that is written as running text."""
    return frozenset(listed.split())


_WORD = re.compile(r"[A-Za-z0-9]+(?:['’][A-Za-z]+)?")
_SENTENCE = re.compile(r"[^.?!]+[.?!]*\s*")
_stem_word = snowballstemmer.stemmer("english").stemWord
STOP = word_set(
    """
    a about after all also am an and any are as at be because been before being both but by can could did do
    does doing done each else even every few for from further get gets give given go goes had has have having he
    her here him his how i if in into is it its itself just kind let like made make makes many may me might more
    most much must my need needs no nor not now of off on once one only or other our out over own part per put
    rather really same say says see shall she should since so some such take takes than that the their them then
    there these they thing things this those though through to too under until up us use used uses using very
    want was way we well were what when where whether which while who whose why will with within without would
    yes yet you your yours whatever something someone somebody anything nothing first next finally
    """
)
MIN_QUOTE_WORDS, MAX_QUOTE_WORDS = 5, 40
SHARED_STEM_CHARS = 5


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    return str(_stem_word(word.lower().replace("’", "'").removesuffix("'s")))


def words(text: str) -> list[str]:
    return _WORD.findall(text)


@lru_cache(maxsize=20_000)
def terms(text: str) -> frozenset[str]:
    """The stems of a text's content words."""
    return frozenset(stem(word) for word in words(text) if word.lower() not in STOP)


def normal(text: str) -> str:
    """Lower case, words only: two texts that differ in punctuation are the same."""
    return " ".join(word.lower() for word in words(text))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard: what two sets of terms share of what either has."""
    return len(one & other) / len(one | other) if one or other else 1.0


def held(wanted: frozenset[str], given: frozenset[str]) -> float:
    """The share of the wanted terms that are given; a long common beginning counts as the same word."""
    if not wanted:
        return 0.0
    found = sum(term in given or _has_kin(term, given) for term in wanted)
    return found / len(wanted)


def _has_kin(term: str, given: Iterable[str]) -> bool:
    if len(term) < SHARED_STEM_CHARS:
        return False
    start = term[: max(SHARED_STEM_CHARS, len(term) - 2)]
    return any(other.startswith(start) for other in given)


@dataclass(frozen=True)
class Span:
    """A verbatim piece of a text, and the share of the wanted terms it holds."""

    text: str
    share: float


def sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in _SENTENCE.findall(text) if sentence.strip()]


@lru_cache(maxsize=2_000)
def spans(text: str) -> tuple[str, ...]:
    """Pieces of a text that can be quoted: sentences, two in a row, and cuts of those that are too long."""
    single = sentences(text)
    pairs = [f"{one} {other}" for one, other in zip(single, single[1:], strict=False) if f"{one} {other}" in text]
    return tuple(piece for whole in [*single, *pairs] for piece in _cut(whole))


def _cut(text: str) -> Sequence[str]:
    found = list(_WORD.finditer(text))
    if len(found) < MIN_QUOTE_WORDS:
        return ()
    if len(found) <= MAX_QUOTE_WORDS:
        return (text,)
    step = MAX_QUOTE_WORDS // 2
    starts = range(0, len(found) - MIN_QUOTE_WORDS, step)
    return [text[found[at].start() : found[min(at + MAX_QUOTE_WORDS, len(found)) - 1].end()] for at in starts]


def best_span(
    wanted: frozenset[str], texts: Iterable[str], *, leave_out: re.Pattern[str] | None = None
) -> tuple[int, Span] | None:
    """Where the most of what is wanted is said, in the fewest words: the text's number and the piece. None: nowhere."""
    best: tuple[float, int, int, Span] | None = None
    for number, text in enumerate(texts):
        for piece in spans(text):
            if leave_out is not None and leave_out.search(piece):
                continue
            share = held(wanted, terms(piece))
            rank = (share, -len(piece))
            if share > 0 and (best is None or rank > best[:2]):
                best = (*rank, number, Span(piece, share))
    return None if best is None else (best[2], best[3])
