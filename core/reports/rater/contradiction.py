"""Whether an answer says the opposite of what was wanted."""

from collections.abc import Sequence

from core.reports.rater.answer import Answer
from core.reports.rater.coverage import (
    PARTIAL_FROM,
    Heard,
    Wanted,
    contradicted_share,
    coverage,
    own_share,
    says_the_words,
    takes_up,
    turns_round,
)
from core.reports.rater.polarity import denied_at_large, opens_with_denial
from core.reports.rater.words import sentences

CONTRADICTED_FROM = 0.5
DENIED_FROM, DENIED_THOUGH_TURNING_FROM = 0.3, 0.7
"""The part of what an answer denies at large that was wanted; who goes on with "in fact" may have denied something
else, unless it was all but the wanted words."""
OWN_FROM = 0.4
"""The part of a denied claim that the question did not hand out: denying what was asked about is an answer."""
VERBATIM = 0.9
"""The part of a whole reference's words from which an answer is held to be those very words."""


def denies(wanted: Wanted, heard: Heard) -> bool:
    return contradicted_share(wanted, heard) >= CONTRADICTED_FROM or turns_round(wanted, heard)


def denies_at_large(wanted: Sequence[Wanted], said: Answer, asked: frozenset[str]) -> bool:
    """Whether "it is not true that" stands before much of what was wanted, or "all of this is wrong" behind it."""
    found = denied_at_large(said.text)
    if found is None or found.of_all:
        return found is not None
    if not found.turns and own_share(Heard(found.claims), asked) >= OWN_FROM:
        return True
    if not any(coverage(each, said.whole) >= PARTIAL_FROM for each in wanted):
        return False
    return takes_up(Heard(found.text), wanted, asked) >= (DENIED_THOUGH_TURNING_FROM if found.turns else DENIED_FROM)


def contradicts(references: Sequence[str], alternatives: Sequence[Wanted], said: Answer, asked: frozenset[str]) -> bool:
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


def _turned_round(reference: str, said: Answer, asked: frozenset[str]) -> float:
    """The part of a reference, by weight, whose sentences the answer says with one negation more or less."""
    parts = [Wanted.of(sentence, asked) for sentence in sentences(reference)]
    turned = sum(
        part.total
        for part in parts
        if any(turns_round(part, heard) for _, heard in said.windows(1)) and not _says_it_straight(part, said)
    )
    return turned / (sum(p.total for p in parts) or 1.0)


def _says_it_straight(wanted: Wanted, said: Answer) -> bool:
    """Whether one sentence of the answer says the words just as they are wanted."""
    return any(says_the_words(wanted, heard) and not turns_round(wanted, heard) for _, heard in said.windows(1))
