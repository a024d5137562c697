"""The typed interview: which question is open, and what follows an answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.interviews.questions import Question
from core.interviews.types import AskedQuestion, Segment
from core.reports.rater import rate

FOLLOW_UP_BELOW = 0.6
"""An answer that covers less than this of the key points is asked about once more."""
FOLLOW_UP_MIN_WORDS = 4


@dataclass(frozen=True)
class LastAnswer:
    """An answer that nothing follows yet."""

    segment: Segment
    order: int
    turn: int


def opening(questions: Sequence[Question]) -> Segment:
    return _asks(questions[0].text, order=1, turn=0, follow_up=False)


def open_question(segments: Sequence[Segment]) -> AskedQuestion | None:
    """The question that waits for an answer, none when all is said or only a greeting was."""
    last = segments[-1] if segments else None
    if last is None or last.speaker == "candidate" or last.question_order is None:
        return None
    return AskedQuestion(order=last.question_order, text=last.text, is_follow_up=last.follow_up, turn=_turns(segments))


def last_answer(segments: Sequence[Segment]) -> LastAnswer | None:
    """The answer that stands at the end, none while a question is open."""
    last = segments[-1] if segments else None
    if last is None or last.speaker != "candidate" or last.question_order is None:
        return None
    return LastAnswer(last, last.question_order, _turns(segments) - 1)


def answers(asked: AskedQuestion, text: str) -> Segment:
    return Segment(id=f"t{asked.turn}c", speaker="candidate", text=text, question_order=asked.order)


def reply(segments: Sequence[Segment], questions: Sequence[Question], text: str, *, time_is_up: bool) -> list[Segment]:
    """The turns that an answer adds: the answer, and the next question where there is one.

    An answer that leaves much out is followed up once; then comes the next question of the plan, until time is up.
    """
    asked = open_question(segments)
    if asked is None:
        return []
    turn = asked.turn
    answer = answers(asked, text)
    question = questions[asked.order - 1]
    if not asked.is_follow_up and not time_is_up and _wants_follow_up(question, text):
        return [answer, _asks(question.follow_ups[0], order=asked.order, turn=turn + 1, follow_up=True)]
    if asked.order >= len(questions) or time_is_up:
        return [answer]
    following = questions[asked.order]
    return [answer, _asks(following.text, order=asked.order + 1, turn=turn + 1, follow_up=False)]


def asks_again(questions: Sequence[Question], segments: Sequence[Segment], order: int) -> Segment:
    """A question of the plan put by itself: after an interruption, or when the candidate asks for it."""
    return _asks(questions[order - 1].text, order=order, turn=_turns(segments), follow_up=False)


def _wants_follow_up(question: Question, text: str) -> bool:
    if not question.follow_ups or len(text.split()) < FOLLOW_UP_MIN_WORDS:
        return False
    points = [point.text for point in question.key_points]
    return rate(question.text, key_points=points, answer=text).score < FOLLOW_UP_BELOW


def _asks(text: str, *, order: int, turn: int, follow_up: bool) -> Segment:
    return Segment(id=f"t{turn}i", speaker="interviewer", text=text, question_order=order, follow_up=follow_up)


def _turns(segments: Sequence[Segment]) -> int:
    return sum(segment.speaker == "candidate" for segment in segments)
