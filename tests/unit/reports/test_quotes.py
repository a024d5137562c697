"""A quote is shown only when the candidate said it, and then in the transcript's words."""

import random

import pytest

from core.reports.quotes import find_quote
from core.reports.segments import Turn

SAID = (
    "Well, first of all I measured the latency at the ninety-ninth percentile, um, because the average hides it. "
    "Then I moved the call out of the transaction and added an index concurrently, which took eleven minutes."
)
TURNS = [
    Turn("q", "interviewer", "Tell me how you found the reason why that service had become slow last spring?"),
    Turn("a", "candidate", SAID, start_ms=4000),
]


@pytest.mark.parametrize(
    "quote",
    [
        "I moved the call out of the transaction",
        "i MOVED the call, out of the transaction!",
        "measured the latency at the ninety-ninth percentile because the average hides it",
        "added an index concurrently, which took eleven minutes.",
    ],
)
def test_what_was_said_is_found_and_shown_verbatim(quote: str):
    found = find_quote(quote, TURNS)
    assert found is not None
    assert found.text in SAID
    assert (found.turn_id, found.start_ms) == ("a", 4000)


@pytest.mark.parametrize(
    "quote",
    [
        None,
        "",
        "the call",
        "I personally designed the global settlement ledger for forty banks",
        "I moved the call into of the transaction again",
        "found the reason why that service had become slow",
        "transaction the of out call the moved I",
        " ".join(["word"] * 50),
    ],
)
def test_what_was_not_said_is_not_found(quote: str | None):
    assert find_quote(quote, TURNS) is None


def test_no_shuffle_of_what_was_said_is_taken():
    words = [
        "I",
        "moved",
        "the",
        "call",
        "out",
        "of",
        "the",
        "transaction",
        "and",
        "added",
        "an",
        "index",
        "concurrently",
    ]
    maker = random.Random(7)
    for _ in range(300):
        shuffled = maker.sample(words, len(words))
        if shuffled != words:
            assert find_quote(" ".join(shuffled), TURNS) is None


def test_a_short_answer_may_be_quoted_whole():
    turns = [Turn("a", "candidate", "Use a queue.")]
    found = find_quote("use a queue", turns)
    assert found is not None
    assert found.text == "Use a queue"
