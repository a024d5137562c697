"""Every word has its translation, and a translation asks for the same figures and keeps the same marks."""

import re
from collections.abc import Iterator

import pytest

from core.catalogues import extracted, translated, untranslated
from core.errors import FieldProblem, NotFound
from core.i18n import ENGLISH, LANGUAGES, Worded, _, known, ngettext, using
from core.money import Money

OTHERS = [code for code in LANGUAGES if code != ENGLISH]
PLACES = re.compile(r"\{[^}]*\}")
MARKS = re.compile(r"\*\*|:material/\w+:|`|\n")


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """Every message with each of its translations."""
    for message in translated(language):
        if not message.id:
            continue
        said = message.string if isinstance(message.string, tuple | list) else (message.string,)
        meant = message.id if isinstance(message.id, tuple | list) else (message.id,)
        yield from ((meant[-1], form or "") for form in said)


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_exactly_what_the_code_says(language: str) -> None:
    kept = {message.id for message in translated(language)}
    assert {message.id for message in extracted()} == kept, "run `make words`"


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language: str) -> None:
    assert list(untranslated(translated(language))) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_names_the_same_figures(language: str) -> None:
    assert [
        (meant, said)
        for meant, said in pairs(language)
        if sorted(PLACES.findall(meant)) != sorted(PLACES.findall(said))
    ] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_keeps_bold_icons_and_lines(language: str) -> None:
    assert [(meant, said) for meant, said in pairs(language) if MARKS.findall(meant) != MARKS.findall(said)] == []


def test_words_follow_the_language_that_holds() -> None:
    worded = Worded({"home": "Home"})
    with using("hi"):
        assert (_("Home"), worded["home"]) == ("होम", "होम")
        assert ngettext("{count} question", "{count} questions", 5).format(count=5) == "5 सवाल"
        assert Money(49900).formatted() == "₹499.00"
    assert (_("Home"), worded["home"]) == ("Home", "Home")


def test_an_error_is_told_in_the_readers_language_and_stays_english_for_programs() -> None:
    limited = FieldProblem("text", "At most {limit} characters.", words={"limit": 400})
    missing = NotFound("interview")
    with using("hi"):
        assert limited.told == "अधिक से अधिक 400 अक्षर।"
        assert missing.told == "हमें यह नहीं मिला: इंटरव्यू।"
        assert limited.message == "At most 400 characters."
    assert missing.told == missing.message == "We could not find that interview."


@pytest.mark.parametrize(
    ("tag", "language"), [("hi-IN", "hi"), ("hi", "hi"), ("en_GB", "en"), ("fr", None), (None, None)]
)
def test_a_browsers_tag_names_one_of_our_languages_or_none(tag: str | None, language: str | None) -> None:
    assert known(tag) == language
