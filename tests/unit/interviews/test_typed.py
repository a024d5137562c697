"""Which question is open in a typed interview."""

from core.interviews.typed import open_question
from core.interviews.types import Segment


def said(speaker: str, text: str, order: int | None) -> Segment:
    return Segment.model_validate({"id": text, "speaker": speaker, "text": text, "question_order": order})


def test_a_greeting_is_no_question() -> None:
    assert open_question([said("interviewer", "Hello, I am your interviewer.", None)]) is None


def test_what_was_asked_last_is_open_until_it_is_answered() -> None:
    asked = [said("interviewer", "Hello.", None), said("interviewer", "What is an index for?", 1)]
    found = open_question(asked)
    assert found is not None
    assert (found.order, found.text) == (1, "What is an index for?")
    assert open_question([*asked, said("candidate", "Finding rows.", 1)]) is None
