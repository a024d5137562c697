"""What tests of judging share: a question, turns, and judges that are played."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from core.interviews.catalogue import Difficulty, InterviewType
from core.interviews.questions import Anchors, KeyPoint, Question
from core.ports.errors import ModelDown
from core.ports.language_model import Generation
from core.reports.judgement import Judgement
from core.reports.judging import Window
from core.reports.offline import judge_offline
from core.reports.segments import Turn

ANCHORS = Anchors(
    low="Names nothing of substance at all.", medium="Names one thing and no reason.", high="Names all with reasons."
)
POINTS = (
    ("read the execution plan with explain analyze", 3, True),
    ("check for lock waits by other transactions", 2, False),
    ("refresh outdated planner statistics", 1, False),
)
SENTENCES = (
    "I read the execution plan with explain analyze before I change anything at all.",
    "Then I check for lock waits by other transactions, because they look like slowness.",
    "After that I refresh the outdated planner statistics and measure the query again.",
    "In my last team this took us two days, and we wrote down what we found.",
    "I am not sure about the rest of it, I would probably ask somebody who knows.",
)


def question(order: int = 1, *, text: str = "Why is a query slow, and how do you find out?") -> Question:
    return Question(
        id=f"q{order}",
        type=InterviewType.TECHNICAL,
        competency="databases",
        difficulty=Difficulty.MEDIUM,
        text=text,
        key_points=tuple(
            KeyPoint.model_validate({"text": words, "weight": weight, "must_have": must})
            for words, weight, must in POINTS
        ),
        anchors=ANCHORS,
        expected_seconds=60,
    )


def window(answer: str, *, order: int = 1) -> Window:
    asked = question(order)
    turns = (
        Turn(f"a1-{2 * order}", "interviewer", asked.text, question_order=order),
        Turn(f"a1-{2 * order + 1}", "candidate", answer, 1000, 9000, question_order=order),
    )
    return Window(order=order, question=asked, asked=True, turns=turns)


class Judge:
    """A model that judges by a function of the request; it does not coach."""

    def __init__(self, judge: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
        self._judge = judge
        self.asked: list[Mapping[str, Any]] = []

    def generate(self, *, instruction: str, data: Mapping[str, Any], schema: type[BaseModel]) -> Generation:
        if schema is not Judgement:
            raise ModelDown("gemini", "This one only judges.")
        self.asked.append(data)
        return Generation(json.dumps(self._judge(data)), "played-judge", 1, 1)


def fair(data: Mapping[str, Any]) -> dict[str, Any]:
    """The offline rater's judgement of the turns that were sent: fair, and the same each time."""
    turns = [Turn(t["id"], t["speaker"], t["text"], question_order=1) for t in data["turns"]]
    judgement, _ = judge_offline(question(int(data["question"]["id"][1:])), turns)
    return judgement.model_dump(mode="json")


def flawless(data: Mapping[str, Any], quotes: Sequence[str] = ()) -> dict[str, Any]:
    """Full marks for everything, proven by the beginning of the answer or by the given words."""
    said = next(t["text"] for t in data["turns"] if t["speaker"] == "candidate")
    proof = quotes[0] if quotes else " ".join(said.split()[:10])
    return {
        "question_id": data["question"]["id"],
        "answer_summary": "",
        "key_points": [
            {"id": p["id"], "quote": proof, "quote_turn": None, "verdict": "covered"}
            for p in data["question"]["key_points"]
        ],
        "criteria": [
            {"id": name, "quote": proof, "observation": "Outstanding.", "level": 4}
            for name in ("correctness", "depth", "reasoning", "structure", "relevance")
        ],
        "star": None,
        "errors": [],
        "flags": [],
        "confidence": "high",
    }
