"""Words, stems and trigrams: what the rater compares."""

import re
from functools import lru_cache

import snowballstemmer

_stem_words = snowballstemmer.stemmer("english").stemWords
DEVANAGARI = r"\u0900-\u0963\u0966-\u097f"
"""For a class of characters: it writes vowels as marks that \\w leaves out; with them a Hindi word stays whole."""
_TOKEN = re.compile(rf"(?:[^\W_]|[{DEVANAGARI}])+(?:[+#]+|'[a-z]+)?")
MAX_SENTENCE_WORDS = 60
_PIECE = re.compile(r"\S+(?:\s+\S+){0,29}")
_SENTENCE = re.compile(r"(?<=[.!?;\u0964])\s+|\n+")

STOP_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        a about above after again all am an and any are as at be because been before being below between both but by can
        could did do does doing down during each few for from further had has have having he her here hers him his how i
        i'd i'll i'm i've if in into is it it's its itself just me more most my myself no nor not now of off on once
        only or other our ours out over own same she should so some such than that that's the their theirs them then
        there these they this those through to too under until up very was we were what when where which while who whom
        why will with would you your yours also like get got one may might must us let well then really actually
        basically um uh so
        """,
    )
)

NEGATIONS = frozenset(
    re.findall(
        r"\S+",
        """
        not no never neither nor cannot can't don't doesn't didn't isn't aren't wasn't weren't won't wouldn't shouldn't
        couldn't hasn't haven't mustn't without hardly
        """,
    )
)


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower().replace("\u2019", "'"))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    result: str = _stem_words([word.removesuffix("'s")])[0]
    return result


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order."""
    return [stem(word) for word in tokens(text) if word not in STOP_WORDS]


def sentences(text: str) -> list[str]:
    """What stands between full stops; speech that was written down without any is cut every thirty words."""
    parts = (part.strip() for part in _SENTENCE.split(text))
    return [piece for part in parts if part for piece in _pieces(part)]


def _pieces(sentence: str) -> list[str]:
    if len(sentence.split()) <= MAX_SENTENCE_WORDS:
        return [sentence]
    return _PIECE.findall(sentence)


@lru_cache(maxsize=50_000)
def trigrams(word: str) -> frozenset[str]:
    padded = f"^{word}$"
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def dice(one: str, other: str) -> float:
    first, second = trigrams(one), trigrams(other)
    return 2 * len(first & second) / (len(first) + len(second))
