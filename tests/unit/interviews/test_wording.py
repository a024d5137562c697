"""What a question may not ask, and what only looks like it."""

import pytest

from core.interviews.catalogue import Difficulty
from core.interviews.questions import KeyPoint, Question
from core.interviews.wording import is_near_duplicate, problems_of


def question(text: str) -> Question:
    points = [KeyPoint(text=words, weight=1, must_have=False) for words in ("one thing", "another", "a third")]
    return Question.model_construct(
        id="gen:1", competency="apis", difficulty=Difficulty.MEDIUM, text=text, key_points=points, source_quote=None
    )


@pytest.mark.parametrize(
    "text",
    [
        "When would you let a browser cache an HTTP answer?",
        "How many children may a node of a B-tree have before it is split?",
        "How old may a cached price be before a customer is harmed?",
        "What conclusion do you draw from a p99 that rises while the mean stands still?",
    ],
)
def test_an_innocent_question_may_be_asked(text: str) -> None:
    assert problems_of(question(text)) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("How old are you, if I may ask?", "protected topic"),
        ("Do you have children who need you in the evening?", "protected topic"),
        ("Would you draw a diagram of that for me?", "cannot be answered by voice"),
        ("What does https://example.com/tasks say about it?", "carries markup or a link"),
        ("What is ![this](x) in your view?", "carries markup or a link"),
        ("What does <script> do in a page?", "carries markup or a link"),
        ("Tell me about yourself.", "not exactly one question mark"),
    ],
)
def test_a_question_that_may_not_be_asked_is_named(text: str, problem: str) -> None:
    assert problem in problems_of(question(text))


HINDI = "डेटाबेस में इंडेक्स बनाने से क्या लाभ होता है और उसकी क्या कीमत चुकानी पड़ती है?"


def test_another_question_in_hindi_is_no_repetition() -> None:
    assert not is_near_duplicate("आप किसी धीमी क्वेरी का कारण कैसे ढूँढते हैं?", [HINDI])


def test_the_same_question_in_hindi_is_one() -> None:
    again = "डेटाबेस में इंडेक्स बनाने से क्या लाभ होता है और उसकी कीमत क्या चुकानी पड़ती है?"
    assert is_near_duplicate(again, [HINDI])


def test_a_quote_in_hindi_must_stand_in_the_documents() -> None:
    quoting = question(HINDI).model_copy(update={"source_quote": "मैंने भुगतान की सेवा बनाई"})
    assert problems_of(quoting, sources=["मैंने तीन साल परीक्षण किए।"]) == ["quotes what is not in the documents"]
    assert problems_of(quoting, sources=["पिछले साल मैंने भुगतान की सेवा बनाई।"]) == []
