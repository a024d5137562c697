"""Marks of words: the published hash, any script, and too few bits to read a question from."""

import pytest

from core.interviews.bank import load_bank
from core.interviews.marks import MARK_BITS, marks_of, word_mark, words_of


@pytest.mark.parametrize(
    ("word", "fnv1a"),
    [("a", 0xE40C292C), ("foobar", 0xBF9CF968)],
    ids=["one letter of the published vectors", "one word of them"],
)
def test_a_mark_is_the_folded_fnv_1a(word: str, fnv1a: int) -> None:
    assert word_mark(word) == (fnv1a ^ fnv1a >> 10 ^ fnv1a >> 20) % 1024


def test_words_are_runs_of_letters_in_any_script() -> None:
    assert words_of("What's an INDEX? ﬁle 17") == ["what", "s", "an", "index", "file", "17"]
    assert words_of("डेटाबेस का इंडेक्स क्यों?") == ["डेटाबेस", "का", "इंडेक्स", "क्यों"]


def test_marks_tell_neither_the_order_nor_the_words() -> None:
    marks = marks_of("the price of the index, and why")
    assert list(marks) == sorted(set(marks))
    assert max(marks) < 2**MARK_BITS
    assert marks == marks_of("why, and: the index of price!")


def test_every_question_of_the_bank_is_told_from_all_others() -> None:
    questions = {question.id: set(marks_of(question.text)) for question in load_bank().questions.values()}
    taken_for = {
        (one, other)
        for one, marks in questions.items()
        for other, others in questions.items()
        if one != other and len(marks & others) / len(others) >= 1
    }
    assert taken_for == set()
