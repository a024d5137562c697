"""Checks on a question's wording: speakable, one ask, no protected topic, nothing given away, not asked before."""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from core.interviews.marks import words_of
from core.interviews.questions import Question

_PROTECTED = re.compile(
    r"\b(your age|how old (?:are|were) you|married|marital|spouse|husband|wife|(?:your|have|any) (?:children|kids)|"
    r"pregnan\w*|religio\w*|caste|nationality|disabilit\w*|your health|sexual\w*|political part\w*)\b"
)
_UNSPEAKABLE = re.compile(
    r"\b(write (?:the |some |a )?(?:code|function|program|query)|"
    r"draw(?! (?:a |the |your |any )?(?:conclusion|line|lesson|comparison|parallel|from|on)\w*)|"
    r"whiteboard|snippet below)\b"
)
_MARKUP = re.compile(r"https?://|www\.|!\[|\]\(|<[a-z/!]")
_STOP = frozenset(
    re.findall(
        r"\S+",
        """
        a an and are as at be by can could did do does for from had has have how i if in into is it its me my of on or
        our should so tell that the their them then there they this to us was we were what when where which who why will
        with would you your time describe explain walk through
        """,
    )
)
NEAR_DUPLICATE = 0.6


def content_words(text: str) -> frozenset[str]:
    return frozenset(word for word in words_of(text) if word not in _STOP)


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def is_near_duplicate(text: str, earlier: Iterable[str]) -> bool:
    """Whether the question was, in other words, asked before: Jaccard >= .6, or the same words reordered."""
    words = content_words(text)
    lowered = text.lower()
    return any(
        jaccard(words, content_words(other)) >= NEAR_DUPLICATE or fuzz.token_sort_ratio(lowered, other.lower()) >= 90
        for other in earlier
    )


def problems_of(question: Question, *, sources: Sequence[str] = ()) -> list[str]:
    """What is wrong with a question; empty when it may be asked. `sources` are the texts a quote may come from."""
    text = question.text.lower()
    found = []
    if text.count("?") != 1:
        found.append("not exactly one question mark")
    if _PROTECTED.search(text):
        found.append("protected topic")
    if _UNSPEAKABLE.search(text):
        found.append("cannot be answered by voice")
    if _MARKUP.search(text):
        found.append("carries markup or a link")
    if any(point.text.lower() in text for point in question.key_points):
        found.append("gives a key point away")
    if len({point.text.lower() for point in question.key_points}) < len(question.key_points):
        found.append("repeats a key point")
    if question.source_quote and not any(_plain(question.source_quote) in _plain(source) for source in sources):
        found.append("quotes what is not in the documents")
    return found


def _plain(text: str) -> str:
    return " ".join(words_of(text))
