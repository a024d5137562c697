"""What the played candidate says, held against two raters that know nothing of each other."""

import json
import statistics
from pathlib import Path
from typing import Any

import pytest

from core.interviews.bank import load_bank
from core.interviews.catalogue import FOCUS_AREAS, InterviewType
from core.interviews.questions import Question
from core.reports.judgement import validate_judgement
from core.reports.prompts import judge_data
from core.reports.rater import rate
from core.reports.scoring import question_score, verify
from core.reports.segments import Turn
from sandbox.candidate import INJECTIONS, WEAK, Candidate, strong_answer
from sandbox.gemini import questions
from sandbox.gemini.judge import judge
from sandbox.rubrics import Rubrics
from sandbox.speech import Form, deed, form_of, plain
from sandbox.state import Vault

ROOT = Path(__file__).resolve().parents[2]
RUBRICS = Rubrics(Vault(), ROOT / "question_bank")


def of_the_bank(kind: InterviewType) -> list[Question]:
    return list(load_bank().select(kind, list(FOCUS_AREAS[kind]), exclude_ids=set()))


def score(question: Question, answer: str) -> int:
    """As the product scores it when the sandbox's model has judged."""
    turn = Turn(id="t1", speaker="candidate", text=answer, question_order=1)
    judged = validate_judgement(json.dumps(judge(judge_data(question, [turn]))), question)
    verified = verify(judged, question, [turn])
    assert verified.dropped == ()
    return question_score(verified, question, answered=True)


@pytest.mark.parametrize("kind", list(InterviewType))
def test_strong_answers_to_the_bank_are_rated_high_by_model_and_rater(kind: InterviewType) -> None:
    judged, rated = [], []
    for question in of_the_bank(kind):
        answer = strong_answer(question.text, RUBRICS.find(question.text))
        assert 60 <= len(answer.split()) <= 230
        judged.append(score(question, answer))
        points = [point.text for point in question.key_points]
        rated.append(rate(question.text, answer=answer, key_points=points).score)
    assert statistics.mean(judged) >= 80
    assert min(judged) >= 60
    assert statistics.mean(rated) >= 0.8


@pytest.mark.parametrize("kind", list(InterviewType))
def test_weak_answers_and_injections_earn_little(kind: InterviewType) -> None:
    for at, question in enumerate(of_the_bank(kind)):
        weak = WEAK[at % len(WEAK)]
        injected = f"{weak} {INJECTIONS[at % len(INJECTIONS)]}"
        assert score(question, weak) <= 30
        assert score(question, injected) <= score(question, weak) + 2


@pytest.mark.parametrize("kind", list(InterviewType))
def test_strong_answers_to_generated_questions_say_their_points(kind: InterviewType) -> None:
    areas = list(FOCUS_AREAS[kind])
    data: dict[str, Any] = {
        "type": kind,
        "count": len(areas),
        "focus_areas": areas,
        "difficulty_mix": ["medium"],
        "avoid": [],
    }
    rubrics = Rubrics(Vault(), ROOT / "nowhere")
    scores = []
    for question in questions.write(data):
        rubrics.remember(question, kind)
        answer = strong_answer(question["text"], rubrics.find(question["text"]))
        scores.append(
            rate(question["text"], answer=answer, key_points=[p["text"] for p in question["key_points"]]).score
        )
    assert len(scores) == len(areas)
    assert statistics.mean(scores) >= 0.8


def test_answers_differ_from_question_to_question_and_repeat_for_the_same() -> None:
    texts = [question.text for question in of_the_bank(InterviewType.TECHNICAL)]
    answers = [strong_answer(text, RUBRICS.find(text)) for text in texts]
    assert len(set(answers)) == len(texts)
    assert answers == [strong_answer(text, RUBRICS.find(text)) for text in texts]


def test_a_question_nobody_knows_gets_a_sensible_answer_of_its_own() -> None:
    one, other = (strong_answer(f"How do you keep {what} in order?", None) for what in ("bees", "barrels"))
    assert "bees" in one
    assert "barrels" in other
    assert len(one.split()) >= 60


def test_stories_are_told_in_the_order_of_star() -> None:
    question = "Tell me about a disagreement with a colleague; how did it end?"
    answer = strong_answer(question, None)
    judged = judge(
        {
            "question": {
                "id": "q",
                "type": "behavioral",
                "text": question,
                "key_points": [{"id": "k1", "text": "x y z"}],
            },
            "turns": [{"id": "t1", "speaker": "candidate", "text": answer}],
        }
    )
    parts = [judged["star"][part] for part in "star"]
    assert [part["present"] for part in parts] == [True] * 4
    assert answer.index(parts[0]["quote"]) < answer.index(parts[3]["quote"])


def test_a_list_ends_in_silence() -> None:
    candidate = Candidate(RUBRICS, ["One.", None])
    assert [candidate.answers(at, "What?") for at in range(3)] == ["One.", None, None]
    assert candidate.greets("Shall we begin?") is None


@pytest.mark.parametrize(
    ("noted", "form"),
    [
        ("an index speeds up lookups", Form.CLAUSE),
        ("indexes take disk space", Form.CLAUSE),
        ("writes must maintain the index", Form.CLAUSE),
        ("check the plan before and after", Form.DEED),
        ("informed those affected first", Form.DEED),
        ("names the trade-off", Form.DEED),
        ("a fixed order of locks", Form.THING),
    ],
)
def test_the_form_of_a_point_is_recognised(noted: str, form: Form) -> None:
    assert form_of(plain(noted)) is form


@pytest.mark.parametrize(
    ("noted", "done", "spoken"),
    [
        ("check the plan and compare it", False, "I would check the plan and compare it"),
        ("check the plan and compare it", True, "I checked the plan and compared it"),
        ("told those affected first", False, "I told those affected first"),
        ("explains that locks block readers", True, "locks block readers"),
        ("names the trade-off", True, "I can name the trade-off"),
        ("names own mistake", True, "I can name my own mistake"),
    ],
)
def test_a_deed_is_told_in_the_first_person(noted: str, done: bool, spoken: str) -> None:
    assert deed(plain(noted), done=done) == spoken


class TestKnowingTheBank:
    def test_files_are_read_when_they_are_needed_and_again_when_they_change(self, tmp_path: Path) -> None:
        rubrics = Rubrics(Vault(), tmp_path / "bank")
        assert rubrics.find("What is a lock?") is None
        folder = tmp_path / "bank" / "technical"
        folder.mkdir(parents=True)
        (folder / "broken.yaml").write_text("- {text: [")
        (folder / "os.yaml").write_text('- {text: "What is a lock?", key_points: [{text: "it excludes others"}]}')
        found = rubrics.find("what is a LOCK")
        assert found is not None
        assert (found.key_points, found.type) == (["it excludes others"], "technical")
