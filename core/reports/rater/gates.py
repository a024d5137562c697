"""Ways to get credit without answering, and how each is noticed."""

import re
from collections.abc import Collection, Sequence

from core.reports.rater.words import NEGATIONS, STOP_WORDS, content_stems, sentences, tokens

STUFFED_BELOW = 0.12
"""Share of stop words in real answers of twelve words and more: 1st percentile .11 to .31; in a pile of keywords 0."""
MIN_WORDS_TO_JUDGE_STYLE = 12
MIN_WORDS_OF_A_PILE = 5
ECHO_FROM = 0.8
REPEATED_FROM = 0.6
MIN_RUNS = 4
MAX_REST_OF_A_REFUSAL = 1
_REFUSAL = re.compile(
    r"\b(?:i (?:really )?(?:do not|don't|dont) (?:know|remember|have (?:an?|any) (?:answer|idea))|"
    r"(?:i have )?no (?:idea|clue|answer|response|submission|comment)|empty (?:submission|answer)|"
    r"i(?:'m| am) not sure|not (?:answered|attempted)|(?:can't|cannot|can not) (?:say|answer))\b"
)
_BARE_REFUSAL = re.compile(r"\W*(?:pass|skip(?: this| it)?|n/?a|idk|next(?: question)?|not sure|none|nothing)\W*")
_SELF = re.compile(r"\bi(?:'m| am| have always been| consider myself)\b")
_PRAISE = re.compile(
    r"\b(?:very|extremely|highly|really|truly|always|incredibly|super|expert|best|great|excellent|perfect|outstanding|"
    r"exceptional|passionate|loyal|amazing|fantastic|talented|skilled)\b"
)
_COURTESY = re.compile(
    r"\b(?:thank(?:s| you)|too kind|very kind|look(?:ing)? forward|sounds good|pleasure|nice to meet)\b"
)
MAX_WORDS_OF_PRAISE = 25


def is_self_praise(answer: str) -> bool:
    """Nothing but what one thinks of oneself and courtesies: "I am an expert in all of that". It shows no evidence."""
    parts = [part.lower().replace("\u2019", "'") for part in sentences(answer)]
    praises = [_praises(part) for part in parts]
    return any(praises) and all(praise or _COURTESY.search(part) for praise, part in zip(praises, parts, strict=True))


def _praises(sentence: str) -> bool:
    """One clause about oneself, and no other that tells what one did."""
    words = tokens(sentence)
    told = sum(word == "i" or word.startswith("i'") for word in words) > len(_SELF.findall(sentence))
    graded = bool(_SELF.search(sentence) and _PRAISE.search(sentence))
    return graded and not told and len(words) <= MAX_WORDS_OF_PRAISE


def is_no_answer(answer: str) -> bool:
    """Nothing of substance, or hardly more than saying so."""
    if not content_stems(answer):
        return True
    lowered = answer.lower().replace("\u2019", "'")
    rest, refusals = _REFUSAL.subn(" ", lowered)
    return bool(_BARE_REFUSAL.fullmatch(lowered)) or (
        refusals > 0 and len(content_stems(rest)) <= MAX_REST_OF_A_REFUSAL
    )


def is_stuffed(answer: str, *, covers: float = 0.0) -> bool:
    """A pile of keywords: hardly a word that only holds a sentence together.

    A short answer is often written like that; it is a pile where it also `covers` (0 to 1) most of what is wanted.
    """
    words = tokens(answer)
    if sum(word.isascii() for word in words) < len(words) / 2:
        return False  # the stop words known here are English
    binding = sum(word in STOP_WORDS or word in NEGATIONS for word in words)
    if len(words) >= MIN_WORDS_TO_JUDGE_STYLE:
        return binding / len(words) < STUFFED_BELOW
    return len(words) >= MIN_WORDS_OF_A_PILE and binding == 0 and covers >= 0.7


def is_echo(answer: str, question_stems: Collection[str]) -> bool:
    """Hardly a word that was not in the question."""
    stems = content_stems(answer)
    return bool(stems) and sum(s in question_stems for s in stems) / len(stems) >= ECHO_FROM


def repeats(answer: str, earlier: Sequence[str]) -> bool:
    """Mostly what was said before, in the same words and order: talking of the same things again is no repetition."""
    runs = _runs(answer)
    return len(runs) >= MIN_RUNS and any(len(runs & _runs(text)) / len(runs) > REPEATED_FROM for text in earlier)


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every three words in a row."""
    words = tokens(text)
    return set(zip(words, words[1:], words[2:], strict=False))
