"""Coaching is written in the language of whoever reads it, by the model as by the rubric engine."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from core.i18n import HINDI, using
from core.ports.errors import ModelDown
from core.ports.language_model import Generation
from core.reports.coaching import by_rubric, coach
from core.reports.judging import Judged, judge_all
from tests.unit.reports.material import POINTS, SENTENCES, window

DEVANAGARI = re.compile(r"[\u0900-\u097f]")


class Hearing:
    """A model that notes what it is given, and is down."""

    def __init__(self) -> None:
        self.given: list[Mapping[str, Any]] = []

    def generate(self, *, instruction: str, data: Mapping[str, Any], schema: type[BaseModel]) -> Generation:
        self.given.append(data)
        raise ModelDown("gemini", "This one is away.")


def judged() -> Sequence[Judged]:
    windows = [window(" ".join(SENTENCES[:2])), window("", order=2)]
    return judge_all(windows, Hearing()).judged


def test_the_rubric_engine_writes_in_the_readers_language_and_keeps_the_points_as_they_are() -> None:
    with using(HINDI):
        found = by_rubric(judged())
    texts = [t.text for t in (*found.strengths, *found.weaknesses)]
    texts += [t.text for t in (*found.feedback, *found.better_answers)]
    texts += [text for advice in found.recommendations for text in (advice.title, advice.detail, advice.practice)]
    assert all(DEVANAGARI.search(text) for text in [*texts, found.one_thing_first])
    assert any(POINTS[2][0] in text for text in texts)
    assert any(SENTENCES[0].rstrip(".") in text for text in texts)


def test_in_english_nothing_is_hindi() -> None:
    assert not DEVANAGARI.search(by_rubric(judged()).model_dump_json())


def test_the_model_is_told_the_language() -> None:
    model = Hearing()
    with using(HINDI):
        coach(judged(), model)
    coach(judged(), model)
    assert [data["language"] for data in model.given] == ["Hindi", "English"]
