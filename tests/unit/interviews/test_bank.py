"""The bank as it ships, held against rules of its own here, and the loader and checks on banks made up for it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.interviews.bank import BANK_ROOT, Bank, MalformedBank, load_bank, main, problems_in
from core.interviews.catalogue import FOCUS_AREAS, Difficulty, InterviewType
from core.interviews.questions import Question
from core.reports.offline import rate_answer
from core.reports.rater import rate
from core.reports.rater.words import content_stems
from core.reports.segments import Turn

MIN_PER_AREA = 8
EVERY_AREA = [(kind, area) for kind, areas in FOCUS_AREAS.items() for area in areas]
MIN_QUESTIONS = 330
STORIES = (InterviewType.BEHAVIORAL, InterviewType.HR)
UNSPEAKABLE = re.compile(
    r"\b(write (?:a|an|the|some|down|out)\b|pseudo-?code|draw|sketch|diagram|whiteboard|snippet|the following|below|"
    r"on paper|on the screen|https?:)",
    re.IGNORECASE,
)
PROTECTED = re.compile(
    r"\b(how old are|your (?:age|health|children|kids|parents|partner|wife|husband|accent|origin|faith)|family|married|"
    r"marriage|pregnan\w+|maternity|religio\w+|church|temple|mosque|illness|disab(?:led|ilit\w+)|nationalit\w+|"
    r"citizenship|native (?:country|speaker)|caste|ethnic\w*|gender|sexual\w*|politic\w+|trade union|vote[ds]?)\b",
    re.IGNORECASE,
)
SECOND_ASK = re.compile(
    r"[,;] and (?:(?:how|what|which|when|where|who)\b(?! (?:not|else)\?)|(?:did|do|would) you\b)", re.IGNORECASE
)
EMPTY_PRAISE = re.compile(
    r"\b(delve|leverage|utili[sz]e|robust|seamless\w*|best practices?|cutting[- ]edge|holistic\w*|synerg\w+|"
    r"world[- ]class|in today's)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def bank() -> Bank:
    loaded = load_bank()
    assert len(loaded.questions) >= MIN_QUESTIONS
    return loaded


def in_area(bank: Bank, kind: InterviewType, area: str) -> tuple[Question, ...]:
    found = bank.select(kind, [area])
    assert len(found) >= MIN_PER_AREA
    return found


def spoken_texts(question: Question) -> tuple[str, ...]:
    return (question.text, *question.follow_ups)


def all_texts(question: Question) -> Iterator[str]:
    yield from spoken_texts(question)
    yield from question.anchors.model_dump().values()
    for point in question.key_points:
        yield from (point.text, *point.accept_also, *point.common_wrong)


def test_there_is_one_file_for_each_focus_area_and_no_other():
    files = {(path.parent.name, path.stem) for path in BANK_ROOT.glob("*/*") if path.is_file()}
    assert files == {(str(kind), area) for kind, area in EVERY_AREA}


def test_the_checks_of_the_command_find_nothing(bank: Bank):
    assert problems_in(bank) == []


@pytest.mark.parametrize(("kind", "area"), EVERY_AREA)
class TestEachFocusArea:
    def test_has_two_questions_of_each_difficulty(self, bank: Bank, kind: InterviewType, area: str):
        counts = Counter(question.difficulty for question in in_area(bank, kind, area))
        assert {difficulty: counts[difficulty] for difficulty in Difficulty if counts[difficulty] < 2} == {}

    def test_names_each_question_by_its_place(self, bank: Bank, kind: InterviewType, area: str):
        for question in in_area(bank, kind, area):
            assert re.fullmatch(rf"bank:{kind}\.{area}\.[1-9]\d*", question.id)
            assert (question.type, question.competency) == (kind, area)
            assert bank.questions[question.id] is question

    def test_repeats_no_key_in_a_file(self, kind: InterviewType, area: str):
        text = (BANK_ROOT / kind / f"{area}.yaml").read_text(encoding="utf-8")
        assert len(yaml.load(text, Loader=_NoRepeats)) >= 8  # noqa: S506  a safe loader

    def test_asks_one_thing_that_can_be_spoken(self, bank: Bank, kind: InterviewType, area: str):
        for question in in_area(bank, kind, area):
            assert 20 <= len(question.text) <= 300, question.id
            assert 1 <= len(question.follow_ups) <= 2, question.id
            assert 60 <= question.expected_seconds <= 240, question.id
            assert not SECOND_ASK.search(question.text), question.text
            for text in spoken_texts(question):
                assert text.count("?") == 1, text
                assert text.endswith("?"), text
                assert not UNSPEAKABLE.search(text), text
                assert not re.search(r"[\n`*_#<>{}\[\]|]", text), text

    def test_touches_no_protected_topic_and_no_empty_phrase(self, bank: Bank, kind: InterviewType, area: str):
        for question in in_area(bank, kind, area):
            for text in all_texts(question):
                assert not PROTECTED.search(text), (question.id, text)
                assert not EMPTY_PRAISE.search(text), (question.id, text)

    def test_weighs_three_to_six_key_points(self, bank: Bank, kind: InterviewType, area: str):
        for question in in_area(bank, kind, area):
            points = question.key_points
            assert 3 <= len(points) <= 6, question.id
            assert 1 <= sum(point.must_have for point in points) <= 2, question.id
            assert {point.weight for point in points} <= {1, 2, 3}, question.id
            assert len({point.weight for point in points}) > 1, question.id
            assert min(p.weight for p in points if p.must_have) == max(p.weight for p in points), question.id
            assert all(point.accept_also for point in points), question.id
            assert any(point.common_wrong for point in points), question.id

    def test_describes_three_levels(self, bank: Bank, kind: InterviewType, area: str):
        for question in in_area(bank, kind, area):
            low, medium, high = question.anchors.low, question.anchors.medium, question.anchors.high
            assert len({low, medium, high}) == 3, question.id
            # The highest level asks for what the lowest does not.
            assert len(set(content_stems(high)) - set(content_stems(low))) >= 4, question.id

    def test_pays_nothing_for_the_question_handed_back(self, bank: Bank, kind: InterviewType, area: str):
        for question in in_area(bank, kind, area):
            rating = rate(question.text, answer=question.text, key_points=[p.text for p in question.key_points])
            assert {point.verdict for point in rating.points} <= {"missing", "contradicted"}, question.id

    def test_hears_every_wording_of_a_key_point(self, bank: Bank, kind: InterviewType, area: str):
        for question in in_area(bank, kind, area):
            for point in question.key_points:
                for wording in (point.text, *point.accept_also):
                    answer = f"The way I see it, {wording}, and that is what I would say first."
                    (heard,) = rate(question.text, answer=answer, key_points=[wording]).points
                    assert heard.verdict == "covered", (question.id, wording)

    def test_has_no_wording_that_hangs_on_one_word(self, bank: Bank, kind: InterviewType, area: str):
        for question in in_area(bank, kind, area):
            asked = set(content_stems(question.text))
            for point in question.key_points:
                for wording in (point.text, *point.accept_also):
                    assert len(set(content_stems(wording)) - asked) >= 2, (question.id, wording)

    def test_has_key_points_that_do_not_cover_each_other(self, bank: Bank, kind: InterviewType, area: str):
        for question in in_area(bank, kind, area):
            texts = [point.text for point in question.key_points]
            for text in texts:
                others = [other for other in texts if other != text]
                rating = rate(question.text, answer=f"I think that {text}.", key_points=others)
                assert [p.text for p in rating.points if p.verdict == "covered"] == [], (question.id, text)

    def test_pays_nothing_for_a_misconception(self, bank: Bank, kind: InterviewType, area: str):
        for question in in_area(bank, kind, area):
            for point in question.key_points:
                for wrong in point.common_wrong:
                    answer = f"I think that {wrong}."
                    rating = rate(question.text, answer=answer, key_points=[point.text, *point.accept_also])
                    assert [p.text for p in rating.points if p.verdict == "covered"] == [], (question.id, wrong)


class _NoRepeats(yaml.SafeLoader):
    """YAML lets a later key replace an earlier one in silence; a second `accept_also` would lose the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"a key comes twice{node.start_mark}"
        return super().construct_mapping(node, deep)


def test_no_two_questions_ask_the_same(bank: Bank):
    stems = {question.id: frozenset(content_stems(question.text)) for question in bank.questions.values()}
    alike = [
        (one, other)
        for (one, first), (other, second) in combinations(stems.items(), 2)
        if len(first & second) / len(first | second) >= 0.6
    ]
    assert alike == []


def test_no_follow_up_is_shared_and_no_rubric_is_copied(bank: Bank):
    follow_ups = Counter(text for question in bank.questions.values() for text in question.follow_ups)
    anchors = Counter(text for question in bank.questions.values() for text in question.anchors.model_dump().values())
    points = Counter(point.text for question in bank.questions.values() for point in question.key_points)
    for counts in (follow_ups, anchors, points):
        assert [text for text, count in counts.items() if count > 1] == []


def test_harder_questions_are_given_more_time(bank: Bank):
    for kind in FOCUS_AREAS:
        questions = bank.select(kind, FOCUS_AREAS[kind])
        seconds = {
            difficulty: [q.expected_seconds for q in questions if q.difficulty is difficulty]
            for difficulty in Difficulty
        }
        means = [sum(values) / len(values) for values in seconds.values()]
        assert means == sorted(means), kind


SPOKEN = [
    (
        "technical.databases.12",
        "The replica gets the changes asynchronously so there's some lag, and if I save and then read from it I get "
        "old data. What we did is for a few seconds after a write we route that user's reads to the primary. "
        "Another way is remembering the position in the log and only using a replica that's caught up. Making it "
        "synchronous would fix it, but then every write is slower.",
        "I would tell users to refresh the page, and maybe add an index on the replica.",
    ),
    (
        "technical.security.6",
        "That's request forgery. If I'm logged in to my bank and visit an evil page, it can submit a form to the "
        "bank, and my browser attaches the session cookie automatically. I'd set SameSite on cookies, use tokens in "
        "forms, and check the Origin header. Also never change state with GET requests.",
        "Other sites cannot do that because of the same origin policy, and we use HTTPS.",
    ),
    (
        "technical.operating_systems.7",
        "After that the data's only in the kernel's page cache, so if power fails it's gone. You need to call fsync "
        "to make sure it's on disk. To be really safe you take a temp file, fsync it, then rename it over the "
        "original since rename is atomic. That's slow, so databases use a log and group commits.",
        "The data is on the hard disk because the function returned successfully.",
    ),
    (
        "system_design.scalability.10",
        "It's a retry storm, clients time out and retry, so the server spends all its time on requests nobody is "
        "waiting for any more. You need load shedding, so reject requests early when you're over capacity, keep "
        "queues short, and propagate deadlines. Clients should use exponential backoff with jitter.",
        "It's a memory leak, so I would restart it and add more servers.",
    ),
    (
        "system_design.data_modelling.7",
        "The main thing is a unique constraint in the database on the event and the seat, so a second booking "
        "simply fails. When the user picks a seat we create a hold that expires after ten minutes. The update is "
        "conditional, and I look at the affected rows. If the payment comes after the hold expired you refund it.",
        "First I select to check if the seat is free and then I insert the booking.",
    ),
    (
        "system_design.reliability.6",
        "When a service is overloaded and all clients retry three times you triple the load, and if every layer "
        "retries it multiplies. Also if the request isn't idempotent, a retry after a timeout could charge twice. "
        "Use exponential backoff with jitter, a retry budget, and only retry at one level.",
        "Retry always helps, I'd use ten retries with no delay to be sure.",
    ),
]


@pytest.mark.parametrize(("name", "sound", "hollow"), SPOKEN, ids=[name for name, _, _ in SPOKEN])
def test_the_rater_tells_a_sound_spoken_answer_from_a_hollow_one(bank: Bank, name: str, sound: str, hollow: str):
    question = bank.questions[f"bank:{name}"]

    def score(answer: str) -> float:
        return rate_answer(question, [Turn("1", "candidate", answer)]).score

    assert score(sound) >= 0.5
    assert score(hollow) <= 0.25


# A made-up question in which nothing is wrong; each case below breaks one thing.
POINTS = [
    {
        "text": "cork floats because it is lighter than water",
        "weight": 3,
        "must_have": True,
        "accept_also": ["its density is below one"],
        "common_wrong": ["wood always floats"],
    },
    {"text": "steel hulls enclose air", "weight": 2, "accept_also": ["a hollow shape displaces enough"]},
    {"text": "salt raises buoyancy in the sea", "weight": 1, "accept_also": ["brine carries more"]},
]
GOOD: dict[str, Any] = {
    "n": 1,
    "difficulty": "easy",
    "text": "Why do some things stay on top of a lake while others go down?",
    "key_points": POINTS,
    "anchors": {
        "low": "Names one object and no reason for it.",
        "medium": "Names weight, without the volume it is spread over.",
        "high": "Compares densities and explains hollow shapes.",
    },
    "follow_ups": ["What would change on the Dead Sea?"],
    "expected_seconds": 90,
}
AREA = "technical/databases"


def write_bank(root: Path, files: Mapping[str, object]) -> Path:
    for name, content in files.items():
        path = root / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return root


def point(**changes: object) -> list[dict[str, object]]:
    return [{**POINTS[0], **changes}, *POINTS[1:]]


def problems_of_one(root: Path, **changes: object) -> list[str]:
    bank = load_bank(write_bank(root, {AREA: [{**GOOD, **changes}]}))
    return [problem for where, problem in problems_in(bank) if where == "bank:technical.databases.1"]


def test_a_question_that_keeps_the_rules_has_no_problem(tmp_path: Path):
    assert problems_of_one(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"text": "Tell me why cork does not go down in a lake."}, "not exactly one question mark"),
        ({"text": "Why does cork stay up? And why does a stone not?"}, "not exactly one question mark"),
        ({"text": "Are you married, and does your ship stay on top?"}, "protected topic"),
        ({"text": "Can you draw how a ship stays on top of a lake?"}, "cannot be answered by voice"),
        ({"text": f"Why {'so ' * 50}?"}, "longer than 50 words"),
        ({"follow_ups": []}, "no follow-up"),
        ({"follow_ups": ["Say what would change on the Dead Sea."]}, "follow-up: not exactly one question mark"),
        ({"follow_ups": ["Is it that steel hulls enclose air?"]}, "follow-up: gives a key point away"),
        ({"expected_seconds": 45}, "expected_seconds outside 60 to 240"),
        ({"expected_seconds": 300}, "expected_seconds outside 60 to 240"),
        ({"key_points": point(must_have=False)}, "not one to 2 must_have key points"),
        ({"key_points": [{**p, "must_have": True, "weight": 3} for p in POINTS]}, "not one to 2 must_have key points"),
        ({"key_points": point(weight=1)}, "a must_have key point weighs less than another"),
        ({"key_points": point(text="things that stay on top of a lake: corks")}, "key point is mostly in the question"),
        ({"key_points": point(accept_also=[])}, "key point has no other wording"),
        ({"key_points": point(accept_also=["Wood  always floats"])}, "key point repeats a wording"),
        ({"key_points": point(text="steel hulls mostly enclose air")}, "two key points say the same"),
        ({"anchors": {**GOOD["anchors"], "low": "Explains it poorly and stops."}}, "anchor low grades"),
        ({"anchors": {**GOOD["anchors"], "low": GOOD["anchors"]["high"]}}, "two anchors are the same"),
    ],
)
def test_a_broken_rule_is_named(tmp_path: Path, changes: dict[str, object], problem: str):
    assert any(found.startswith(problem) for found in problems_of_one(tmp_path, **changes))


def test_the_same_question_in_two_areas_is_named(tmp_path: Path):
    reworded = {**GOOD, "text": "Why would some things stay on top of a lake, and others go down?"}
    bank = load_bank(write_bank(tmp_path, {AREA: [GOOD], "technical/apis": [reworded]}))
    assert ("bank:technical.databases.1", "asks what bank:technical.apis.1 asks") in problems_in(bank)


def test_an_empty_bank_lacks_every_focus_area(tmp_path: Path):
    gaps = problems_in(load_bank(tmp_path))
    assert {where for where, _ in gaps} == {f"bank:{kind}.{area}" for kind, area in EVERY_AREA}
    assert len(gaps) == len(EVERY_AREA) * len(Difficulty)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("technical/gardening", [GOOD], "technical/gardening.yaml: the catalogue has no such focus area"),
        ("gardening/databases", [GOOD], "gardening/databases.yaml: the catalogue has no such focus area"),
        (AREA, "- n: [1", "technical/databases.yaml: is not YAML"),
        (AREA, "", "technical/databases.yaml: a list of questions is wanted"),
        (AREA, GOOD, "technical/databases.yaml: a list of questions is wanted"),
        (AREA, ["why"], "technical/databases.yaml: a list of questions is wanted"),
        (AREA, [{**GOOD, "n": 0}], "technical/databases.yaml: a question has n 0"),
        (AREA, [{**GOOD, "n": True}], "technical/databases.yaml: a question has n True"),
        (AREA, [{k: v for k, v in GOOD.items() if k != "n"}], "technical/databases.yaml: a question has n None"),
        (AREA, [GOOD, {**GOOD, "text": "What else is there to say?"}], "bank:technical.databases.1 is given twice"),
        (AREA, [{**GOOD, "id": "x", "hint": "y"}], "technical/databases.yaml: question 1: hint: Extra inputs"),
        (AREA, [{**GOOD, "difficulty": "brutal"}], "technical/databases.yaml: question 1: difficulty"),
        (AREA, [{**GOOD, "key_points": POINTS[:2]}], "technical/databases.yaml: question 1: key_points"),
        (AREA, [{**GOOD, "text": "Why?"}], "technical/databases.yaml: question 1: text"),
    ],
)
def test_a_malformed_file_is_refused_by_name(tmp_path: Path, name: str, content: object, message: str):
    root = write_bank(tmp_path, {name: content})
    with pytest.raises(MalformedBank, match=re.escape(message)):
        load_bank(root)


@pytest.fixture
def small_bank(tmp_path: Path) -> Bank:
    def ask(n: int, difficulty: str) -> dict[str, object]:
        return {**GOOD, "n": n, "difficulty": difficulty, "text": f"Why does number {n} stay on top of a lake?"}

    root = write_bank(
        tmp_path,
        {
            AREA: [ask(7, "hard"), ask(2, "easy")],
            "technical/apis": [ask(1, "hard")],
            "coding/hashing": [ask(3, "hard")],
        },
    )
    return load_bank(root)


def ids(questions: tuple[Question, ...]) -> list[str]:
    return [question.id.removeprefix("bank:") for question in questions]


def test_select_keeps_to_the_type_and_areas_asked_for(small_bank: Bank):
    found = small_bank.select(InterviewType.TECHNICAL, ["databases", "apis", "databases", "hashing"])
    assert ids(found) == ["technical.databases.7", "technical.databases.2", "technical.apis.1"]
    assert small_bank.select(InterviewType.CODING, ["databases"]) == ()


def test_select_keeps_to_the_difficulty_and_leaves_out_what_is_excluded(small_bank: Bank):
    areas = ["databases", "apis"]
    hard = small_bank.select(InterviewType.TECHNICAL, areas, difficulty=Difficulty.HARD)
    rest = small_bank.select(
        InterviewType.TECHNICAL, areas, difficulty=Difficulty.HARD, exclude_ids={"bank:technical.databases.7"}
    )
    assert ids(hard) == ["technical.databases.7", "technical.apis.1"]
    assert ids(rest) == ["technical.apis.1"]


def test_by_text_finds_a_question_whatever_its_case_and_spacing(small_bank: Bank):
    found = small_bank.by_text("  why does NUMBER 3 stay\n on top of a lake?")
    assert found is small_bank.questions["bank:coding.hashing.3"]
    assert small_bank.by_text("Why does number 4 stay on top of a lake?") is None


def test_the_bank_is_read_once_and_cannot_be_changed(small_bank: Bank):
    assert load_bank() is load_bank(BANK_ROOT)
    with pytest.raises(TypeError):
        small_bank.questions["bank:coding.hashing.3"] = next(iter(small_bank.questions.values()))  # type: ignore[index]  # that it refuses is what is tested


def test_the_command_counts_the_bank(bank: Bank, capsys: pytest.CaptureFixture[str]):
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == [f"{kind}.{area}" for kind, area in EVERY_AREA]
    counted = sum(int(line.split()[-1]) for line in lines[:-1])
    assert counted == len(bank.questions)
    assert re.fullmatch(rf"{len(bank.questions)} questions, read in \d+ ms with CSafeLoader", lines[-1])


def test_the_command_fails_on_problems_of_the_types_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write_bank(tmp_path, {AREA: [{**GOOD, "expected_seconds": 30}]})
    assert main(["technical", "--root", str(tmp_path)]) == 1
    shown = capsys.readouterr().out
    assert "bank:technical.databases.1: expected_seconds outside 60 to 240" in shown
    assert "bank:technical.apis: 0 expert questions" in shown
    assert "bank:hr" not in shown


def test_the_command_names_a_malformed_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write_bank(tmp_path, {AREA: [{**GOOD, "n": 0}]})
    assert main(["--root", str(tmp_path)]) == 1
    assert capsys.readouterr().out.startswith("technical/databases.yaml: a question has n 0")
