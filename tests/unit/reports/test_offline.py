"""What the rubric engine credits can be proven by words of one turn, however the answer came over several."""

import pytest

from core.interviews.catalogue import InterviewType
from core.interviews.questions import Question
from core.reports.judgement import Verdict
from core.reports.offline import judge_offline
from core.reports.scoring import VerifiedJudgement, question_score, verify
from core.reports.segments import Turn
from tests.unit.reports.material import question

PLAN = "I first read the execution plan with explain analyze and look for the step that takes the longest"
STATISTICS = "then I refresh the outdated planner statistics and measure the very same query once again"


def spoken(*answers: str) -> list[Turn]:
    return [
        turn
        for at, answer in enumerate(answers)
        for turn in (Turn(f"i{at}", "interviewer", "And what else?"), Turn(f"c{at}", "candidate", answer))
    ]


def verified(*answers: str, asked: Question | None = None) -> VerifiedJudgement:
    turns, asked = spoken(*answers), asked or question()
    return verify(judge_offline(asked, turns)[0], asked, turns)


def test_an_answer_over_two_turns_keeps_its_points_without_full_stops() -> None:
    bare, stopped = verified(PLAN, STATISTICS), verified(f"{PLAN}.", f"{STATISTICS}.")
    assert [point.verdict for point in bare.points] == [Verdict.COVERED, Verdict.MISSING, Verdict.COVERED]
    assert bare == stopped
    assert question_score(bare, question(), answered=True) > 50


def test_a_story_over_two_turns_keeps_its_parts_without_full_stops() -> None:
    told = ("when the shop was slow last year", "I measured each query and the time fell by half")
    story = question().model_copy(update={"type": InterviewType.BEHAVIORAL})
    parts = verified(*told, asked=story).star
    assert parts is not None
    assert {name: quote and quote.text for name, quote in parts.items()} == {
        "s": told[0], "t": None, "a": told[1], "r": told[1],
    }  # fmt: skip


def test_a_point_made_over_two_turns_is_proven_by_the_longer_part() -> None:
    said = "So you read the execution plan.", "With explain analyze, before I touch anything at all."
    point = verified(*said).points[0]
    assert point.verdict is Verdict.COVERED
    assert point.quote is not None
    assert (point.quote.turn_id, point.quote.text) == ("c1", "With explain analyze, before I touch anything at all")


def test_what_is_denied_in_one_turn_is_not_denied_in_the_next() -> None:
    denied = "I would never just guess"
    bare, stopped = verified(denied, PLAN), verified(f"{denied}.", f"{PLAN}.")
    assert bare.points[0].verdict is Verdict.COVERED
    assert bare == stopped


def test_what_was_said_twice_in_between_does_not_take_the_proof_away() -> None:
    said = "Let me think. I read the whole execution plan. Let me think. With explain analyze, as I always do."
    assert verified(said).points[0].quote is not None


@pytest.mark.parametrize("word", ["read-only", "read/write", "plan"])
def test_a_long_sentence_can_be_quoted_whatever_signs_join_its_words(word: str) -> None:
    said = f"I read the execution plan with explain analyze {f'and the {word} part of it ' * 6}".strip()
    assert verified(said).points[0].verdict is Verdict.COVERED
