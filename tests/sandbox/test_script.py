"""What the interviewer asks, read from a prompt."""

import pytest

from sandbox.vapi.assistant import Assistant
from sandbox.vapi.script import Place, Script, Spoken, read_questions


def script(prompt: str, **more: object) -> Script:
    body = {
        "firstMessage": "Hello. Shall we begin?",
        "model": {"provider": "openai", "model": "gpt-4o", "messages": [{"role": "system", "content": prompt}]},
        "endCallPhrases": ["that was the whole interview"],
        **more,
    }
    return Script.of(Assistant.model_validate(body), "seed")


@pytest.mark.parametrize(
    "prompt",
    [
        "QUESTION 1: What is a lock?\nFOLLOW-UP 1: When does it hurt?\nQUESTION 2: What is a queue?",
        "Rules.\n\n  question 1. What is a lock?\n  Follow up: When does it hurt?\n\n**QUESTION 2: What is a queue?",
    ],
)
def test_questions_and_their_follow_ups_are_found_however_they_are_set(prompt: str) -> None:
    assert read_questions(prompt) == (
        Spoken("What is a lock?", ("When does it hurt?",)),
        Spoken("What is a queue?"),
    )


def test_a_numbered_list_is_understood_too() -> None:
    assert read_questions("Ask these:\n1. What is a lock?\n2) Why?\n3. No question.") == (
        Spoken("What is a lock?"),
        Spoken("Why?"),
    )


def test_what_was_asked_before_is_not_asked_again() -> None:
    found = read_questions("ALREADY ASKED: What is a lock?\nQUESTION 1: What is a queue?")
    assert [question.text for question in found] == ["What is a queue?"]


def test_an_interview_goes_from_greeting_to_closing_words() -> None:
    one = script("QUESTION 1: What is a lock?\nQUESTION 2: What is a queue?")
    place = Place()
    long = "It keeps two workers from changing the same thing at the same time, which I have used in a booking system."
    assert one.opening(place) == ["Hello. Shall we begin?"]
    assert one.after(place, "Yes.")[-1].endswith("What is a lock?")
    assert one.after(place, long)[-1].endswith("What is a queue?")
    closing = one.after(place, long)
    assert one.is_over(place)
    assert one.ends_call(closing[-1])
    assert one.after(place, "Wait!") == []


def test_a_question_can_be_heard_again_and_is_followed_up_once() -> None:
    one = script("QUESTION 1: What is a lock?\nFOLLOW-UP 1: When does it hurt?")
    place = Place(at=0)
    assert one.after(place, "Could you repeat that, please?") == ["What is a lock?"]
    assert one.after(place, "Not sure.")[-1].endswith("When does it hurt?")
    assert one.after(place, "Sorry, come again?") == ["When does it hurt?"]
    assert one.ends_call(one.after(place, "No idea.")[-1])


def test_an_assistant_that_waits_does_not_greet() -> None:
    one = script("QUESTION 1: What is a lock?", firstMessageMode="assistant-waits-for-user")
    assert one.opening(Place()) == ["What is a lock?"]


def test_silence_moves_the_interview_on() -> None:
    one = script("QUESTION 1: What is a lock?\nFOLLOW-UP 1: When does it hurt?\nQUESTION 2: What is a queue?")
    assert one.after(Place(at=0), None)[-1].endswith("What is a queue?")
