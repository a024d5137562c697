"""Proof: a quote counts only where code finds it in what the candidate said, and the transcript's words are shown.

Measured on true and invented quotes: at .95 every true quote is found, also with other case, punctuation and fillers,
and none of another candidate, of the interviewer or in shuffled order.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.reports.rater.words import DEVANAGARI
from core.reports.segments import Turn

ACCEPT_FROM = 0.95
MIN_WORDS, MAX_WORDS = 5, 40
FILLERS = frozenset({"um", "uh", "er", "erm", "ah", "hmm", "mm", "uhm"})
_WORD = re.compile(rf"[\w{DEVANAGARI}]+(?:['\u2019][\w{DEVANAGARI}]+)*")
_NO_WORD = re.compile(rf"[^\w{DEVANAGARI}]")


@dataclass(frozen=True)
class VerifiedQuote:
    """Words of one candidate turn, as they stand in the transcript."""

    text: str
    turn_id: str
    start_ms: int | None


@dataclass(frozen=True)
class _Word:
    plain: str
    start: int
    end: int


def _plain(word: str) -> str:
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", word).lower())


def _words(text: str) -> list[_Word]:
    found = (_Word(_plain(m.group()), m.start(), m.end()) for m in _WORD.finditer(text))
    return [word for word in found if word.plain and word.plain not in FILLERS]


def as_quote(text: str) -> str:
    """The beginning of a text, with no more words than a quote may have: "read-only" is two."""
    words = _words(text)
    return text[: words[MAX_WORDS - 1].end] if len(words) > MAX_WORDS else text


def find_quote(quote: str | None, turns: Sequence[Turn]) -> VerifiedQuote | None:
    """The transcript's own words behind a quote, None where the candidate did not say it.

    `turns` are those of one question; the interviewer's are passed over. A quote has 5 to 40 words; a turn shorter
    than that may be quoted whole.
    """
    wanted = [word.plain for word in _words(quote or "")]
    if not wanted or len(wanted) > MAX_WORDS:
        return None
    for turn in turns:
        if turn.speaker != "candidate":
            continue
        said = _words(turn.text)
        if len(wanted) < min(MIN_WORDS, len(said)):
            continue
        span = _best_span(wanted, said)
        if span is not None:
            first, last = span
            return VerifiedQuote(turn.text[said[first].start : said[last].end], turn.id, turn.start_ms)
    return None


def _best_span(wanted: Sequence[str], said: Sequence[_Word]) -> tuple[int, int] | None:
    """The span of the turn whose words match in order, at least 95 % of both sides."""
    size = len(wanted)
    slack = max(0, int(size * (1 - ACCEPT_FROM)))
    needed = size * ACCEPT_FROM
    for first in range(len(said)):
        if said[first].plain not in wanted[: slack + 1]:
            continue
        last, matched = _walk(wanted, said, first, size + slack)
        if matched >= needed and matched >= (last - first + 1) * ACCEPT_FROM:
            return first, last
    return None


def _walk(wanted: Sequence[str], said: Sequence[_Word], first: int, width: int) -> tuple[int, int]:
    at, matched, last = 0, 0, first
    for position in range(first, min(len(said), first + width)):
        word = said[position].plain
        try:
            found = wanted.index(word, at, min(len(wanted), at + 2))
        except ValueError:
            continue
        at, matched, last = found + 1, matched + 1, position
        if at >= len(wanted):
            break
    return last, matched
