"""Fifty plans by a generator that works, and twenty interviews of one person: what was chosen is what is asked."""

import json
from collections.abc import Mapping
from itertools import cycle, islice, product
from typing import Any, cast

import pytest
from pydantic import BaseModel

from core.cache import Cache
from core.interviews.bank import load_bank
from core.interviews.catalogue import FOCUS_AREAS, Difficulty, InterviewType, Mode, question_count
from core.interviews.planner import BANK_SHARE, difficulty_mix, rubric_hash, write_plan
from core.interviews.types import Plan, SetUp
from core.interviews.wording import is_near_duplicate
from core.ports.errors import ModelDown
from core.ports.language_model import Generation
from sandbox.gemini import questions as generator

RESUME = "I ran the payments service of a bookshop for three years. I moved its reports to read replicas."
MINUTES = (12, 20, 45)
CHOICES = list(islice(cycle(product(InterviewType, Difficulty)), 50))


class Generator:
    """The model port over the sandbox's writer of questions."""

    def generate(self, *, instruction: str, data: Mapping[str, Any], schema: type[BaseModel]) -> Generation:
        return Generation(json.dumps({"questions": generator.write(data)}), "sandbox", 0, 0)


class Silent:
    def generate(self, *, instruction: str, data: Mapping[str, Any], schema: type[BaseModel]) -> Generation:
        raise ModelDown("gemini", "There is no model in this test.")


class Forgetful:
    """A cache that has nothing."""

    def get(self, key: str) -> None:
        return None

    def set(self, key: str, value: Any, *, ttl_seconds: int) -> None:
        return


def planned(setup: SetUp, model: Generator | Silent | None = None, *, earlier: tuple[Plan, ...] = ()) -> Plan:
    asked = [question for plan in earlier for question in plan.questions]
    return write_plan(
        setup,
        model=model or Generator(),
        bank=load_bank(),
        cache=cast("Cache", Forgetful()),
        earlier_texts=[question.text for question in asked],
        earlier_ids=[question.id for question in asked],
    )


def chosen(number: int) -> SetUp:
    kind, difficulty = CHOICES[number]
    areas = FOCUS_AREAS[kind][: 1 + number % 3]
    return SetUp(kind, difficulty, tuple(areas), Mode.VOICE, MINUTES[number % 3], resume_text=RESUME)


@pytest.mark.parametrize("number", range(len(CHOICES)))
def test_a_plan_is_as_it_was_chosen(number: int) -> None:
    setup = chosen(number)
    plan = planned(setup)
    count = question_count(setup.duration_minutes)

    assert len(plan.questions) == count
    levels = [question.difficulty.level for question in plan.questions]
    wanted = [level.level for level in difficulty_mix(setup.difficulty, count)]
    assert all(abs(is_ - want) <= 1 for is_, want in zip(sorted(levels), sorted(wanted), strict=True))
    assert {question.competency for question in plan.questions} == set(setup.focus_areas[:count])
    assert sum(question.id.startswith("bank:") for question in plan.questions) >= BANK_SHARE * count
    assert all(3 <= len(question.key_points) <= 6 for question in plan.questions)
    texts = [question.text for question in plan.questions]
    assert not any(is_near_duplicate(text, texts[:at]) for at, text in enumerate(texts))
    assert plan.rubric_hash == rubric_hash(plan.questions)


@pytest.mark.parametrize("model", [Generator(), Silent()], ids=["with the model", "without it"])
def test_over_twenty_interviews_nobody_is_asked_the_same_again(model: Generator | Silent) -> None:
    areas = tuple(FOCUS_AREAS[InterviewType.TECHNICAL])
    plans: list[Plan] = []
    for number in range(20):
        three = tuple(areas[(number * 3 + at) % len(areas)] for at in range(3))
        setup = SetUp(InterviewType.TECHNICAL, Difficulty.MEDIUM, three, Mode.VOICE, 12)
        plans.append(planned(setup, model, earlier=tuple(plans)))

    texts = [question.text for plan in plans for question in plan.questions]
    again = sum(is_near_duplicate(text, texts[:at]) for at, text in enumerate(texts))
    assert again / len(texts) < 0.02


def test_what_a_question_rests_on_stands_in_the_documents() -> None:
    plan = planned(chosen(1))
    quotes = [question.source_quote for question in plan.questions if question.source_quote]
    assert all(quote in RESUME for quote in quotes)
