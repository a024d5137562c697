"""Foreign words on the screen stay words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.text import WORD_JOINER, clock, minutes, money, plain, shortened

PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def undone(escaped: str) -> str:
    return re.sub(r"\\(.)", r"\1", escaped.replace(WORD_JOINER, ""))


@given(st.text(alphabet=st.characters(exclude_categories=("Zl", "Zp", "Cc", "Cs"), exclude_characters=WORD_JOINER)))
def test_no_punctuation_stands_unescaped_and_no_word_is_lost(text):
    escaped = plain(text)

    without_pairs = re.sub(rf"\\[{re.escape(PUNCTUATION)}]", "", escaped)
    assert not set(without_pairs) & set(PUNCTUATION)
    assert undone(escaped) == text


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/a",
        "www.evil.example",
        "asha@people.example",
        ":material/home:",
        ":smile:",
        "WWW.EVIL.example",
    ],
)
def test_what_is_recognised_without_markup_is_broken_up(address):
    assert WORD_JOINER in plain(address)


def test_lines_become_one_so_that_no_block_begins_inside_a_label():
    assert plain("one\n\n# two\r\n- three") == r"one \# two \- three"


@pytest.mark.parametrize(
    ("given_text", "limit", "expected"),
    [("short", 20, "short"), ("one two three four", 12, "one two…"), ("  spaced \n out ", 20, "spaced out")],
)
def test_a_long_text_is_cut_between_words(given_text, limit, expected):
    assert shortened(given_text, limit) == expected


def test_money_time_and_length_read_as_people_write_them():
    assert money(49900, "INR") == "₹499.00"
    assert clock(187_000) == "3:07"
    assert [minutes(seconds) for seconds in (0, 60, 89, 600)] == ["1 minute", "1 minute", "1 minute", "10 minutes"]
