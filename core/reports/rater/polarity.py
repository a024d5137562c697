"""Which words of a text stand under a negation."""

import re
from dataclasses import dataclass

from core.reports.rater.words import NEGATIONS, STOP_WORDS, stem, tokens

REACH = 6
"""How many words of meaning a negation reaches, never past the end of its clause."""
OPENING_WORDS = 6
_FULL_STOP = re.compile(r"[.!?](?:\s|$)|\n")
_SENTENCE = re.compile(r"[.!?\n]+")
# "not only fast but \u2026" negates nothing.
_NO_NEGATION = re.compile(r"\bnot (?:only|just|merely)\b")
_TAKEN_BACK = re.compile(
    r"\b(?:(?:none|nothing|not a word) of (?:this|that|it|these) (?:is|are|was|were) (?:true|right|correct)|"
    r"all (?:of )?(?:this|that|it|these) (?:is|are|was|were) (?:wrong|false|untrue|incorrect|not true|nonsense))\W*$"
)
_CLAUSE = re.compile(r"[,;:]|\b(?:but|however|instead|rather|because|although|so that|which|unless|until)\b")
_TURN = re.compile(r"[.!?,]\s+(?:but|however|instead|rather|in fact|actually|in truth|the truth is|it is|it's|what)\b")
_NEW_START = re.compile(r"[.!?]\s+(?:but|however|instead|in fact|actually|in truth|the truth is)\b")
# A colon ends a claim and gives its reason, unless it stands behind a heading: "TCP: \u2026", "the phases are: \u2026".
_CLAIM = re.compile(
    r" that\b((?:[^.;:!?]*\b(?:is|are) ?: ?(?:\d[.)] ?)?| *\w+(?: \w+)? ?:)?(?:(?!\b(?:because|since|as)\b)[^.;:!?])*)"
)
_STATEMENT = re.compile(
    r"\b(?:(?:am|is|are|was|were|be|can|could|will|would|has|have|had|do|does|did|must|should|may|might)"
    r"(n't|\b(?: (?:also|always|really|ever))? (?:not|never)\b)?|(cannot|can't|won't)\b)"
)
LEAST_DENIED, DENIED_MORE_BY = 2, 0.35
"""Of 348 real answers none denies so many of its statements more than what was wanted of it; of answers whose every
auxiliary is negated, 97 of 100 do."""
# "It is not true that \u2026" denies all that follows in its sentence, however long that is.
_DENIAL = re.compile(
    r"\b(?:(?:not|never|isn't|no longer) (?:at all )?(?:true|correct|right|the case|so)\b|"
    r"(?:false|untrue|wrong|incorrect|a myth|nonsense) (?:to (?:say|think|claim) )?(?:that|because)\b|"
    r"(?:don't|do not|doesn't|does not|wouldn't|would not) (?:think|believe|agree|hold)\b|"
    r"the (?:opposite|contrary|reverse) (?:of|is)\b|by no means\b|i (?:deny|disagree|reject)\b)"
)


def negated_stems(text: str) -> frozenset[str]:
    """The stems of content words in reach of a negation.

    A denial reaches to the end of its sentence; one that opens the text, until the text turns round ("but", "in fact").
    """
    lowered = _lowered(text)
    found: set[str] = set()
    opening = _opening_denial(lowered)
    if opening:
        turn = _TURN.search(lowered, opening.end())
        denied = lowered[opening.end() : turn.start() if turn else None]
        found |= _content(denied)
        lowered = lowered[opening.end() + len(denied) :]
    for sentence in _SENTENCE.split(lowered):
        found |= _denied_in(sentence)
    return frozenset(found)


def opens_with_denial(text: str) -> bool:
    """Whether a text denies from its first words on and never turns round."""
    lowered = _lowered(text)
    found = _opening_denial(lowered)
    return found is not None and not _NEW_START.search(lowered, found.end())


def _lowered(text: str) -> str:
    return _NO_NEGATION.sub(" ", text.lower().replace("\u2019", "'"))


def _opening_denial(lowered: str) -> re.Match[str] | None:
    found = _DENIAL.search(lowered)
    return found if found and len(tokens(lowered[: found.start()])) <= OPENING_WORDS else None


@dataclass(frozen=True)
class Denial:
    """What a text denies at large."""

    text: str
    turns: bool
    """It turns round right behind it: "in fact \u2026"."""
    of_all: bool
    """All that was said is taken back: "all of this is wrong"."""
    claims: str = ""
    """What "it is not true that" stands before, up to its reason."""


def denied_at_large(text: str) -> Denial | None:
    """The first sentence behind "it is not true that", or all that stands before "all of this is wrong"."""
    lowered = _lowered(text)
    taken_back = _TAKEN_BACK.search(lowered)
    if taken_back:
        return Denial(lowered[: taken_back.start()], turns=False, of_all=True)
    opening = _opening_denial(lowered)
    if not opening:
        return None
    end = _FULL_STOP.search(lowered, opening.end())
    denied = lowered[opening.end() : end.start() if end else None]
    turns = bool(end and _NEW_START.match(lowered, end.start()))
    claims = _CLAIM.match(lowered, opening.end())
    return Denial(denied, turns=turns, of_all=False, claims=claims[1] if claims else "")


def denies_throughout(text: str, wanted: str) -> bool:
    """Whether a text turns statement after statement into its opposite, and the wanted text does not."""
    stated, denied = _statements(text)
    of_wanted, wanted_denied = _statements(wanted)
    return denied >= LEAST_DENIED and denied / stated >= wanted_denied / max(1, of_wanted) + DENIED_MORE_BY


def _statements(text: str) -> tuple[int, int]:
    """How many verbs a negation could follow, and how many it does."""
    found = list(_STATEMENT.finditer(_lowered(text)))
    return len(found), sum(bool(match[1] or match[2]) for match in found)


def negations_in(text: str) -> int:
    """How often a text negates: one more or less turns a sentence into its opposite."""
    lowered = _lowered(text)
    return len(_DENIAL.findall(lowered)) + sum(word in NEGATIONS for word in tokens(_DENIAL.sub(" ", lowered)))


def _denied_in(sentence: str) -> set[str]:
    denial = _DENIAL.search(sentence)
    found = _content(sentence[denial.end() :]) if denial else set()
    for clause in _CLAUSE.split(sentence[: denial.start()] if denial else sentence):
        found |= _behind_negations(clause)
    return found


def _content(text: str) -> set[str]:
    return {stem(word) for word in tokens(text) if word not in STOP_WORDS and word not in NEGATIONS}


def _behind_negations(clause: str) -> set[str]:
    words = [word for word in tokens(clause) if word in NEGATIONS or word not in STOP_WORDS]
    found: set[str] = set()
    for at, word in enumerate(words):
        if word in NEGATIONS:
            found |= {stem(near) for near in words[at + 1 : at + 1 + REACH] if near not in NEGATIONS}
    return found
