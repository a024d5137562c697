"""Marks of a question's words: enough to notice in the browser that it is being asked, too little to read it.

A mark has ten bits, so some hundred words of a dictionary share each one, and they come sorted: nobody reads from them
what will be asked. `ui/components/question_number.js` makes the same marks of what it hears.
"""

import unicodedata
from itertools import groupby

FNV_OFFSET = 0x811C9DC5
FNV_PRIME = 0x01000193
MARK_BITS = 10
_MASK = (1 << MARK_BITS) - 1


def words_of(text: str) -> list[str]:
    """Runs of letters, marks and digits of any script, compatibility forms resolved and in lower case."""
    plain = unicodedata.normalize("NFKC", text).lower()
    runs = groupby(plain, key=lambda char: unicodedata.category(char)[0] in "LMN")
    return ["".join(run) for is_word, run in runs if is_word]


def word_mark(word: str) -> int:
    """FNV-1a of 32 bits over the word's UTF-8, folded to `MARK_BITS`."""
    value = FNV_OFFSET
    for byte in word.encode():
        value = (value ^ byte) * FNV_PRIME & 0xFFFFFFFF
    return (value ^ value >> MARK_BITS ^ value >> 2 * MARK_BITS) & _MASK


def marks_of(text: str) -> tuple[int, ...]:
    """The different marks of a text's words, in order of size."""
    return tuple(sorted({word_mark(word) for word in words_of(text)}))
