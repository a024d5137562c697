"""The product's own questions, read once a process: `python -m core.interviews.bank` checks and counts them.

One file per focus area, `<type>/<focus>.yaml`; how a question is written stands in question_bank/README.md.
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import ValidationError

from core.interviews.catalogue import FOCUS_AREAS, Difficulty, InterviewType
from core.interviews.questions import KeyPoint, Question
from core.interviews.wording import NEAR_DUPLICATE, content_words, jaccard, problems_of
from core.settings import ROOT

BANK_ROOT = ROOT / "question_bank"
MIN_PER_DIFFICULTY = 2
"""Questions that each focus area has of each difficulty at least."""
MIN_SECONDS, MAX_SECONDS = 60, 240
MAX_MUST_HAVES = 2
MAX_WORDS = 50
"""More cannot be kept in mind by someone who only hears the question: 50 words are spoken in about 20 seconds."""
MIN_NEW_WORDS = 2
ALIKE = 0.5
"""Jaccard index of words from which two key points of a question are one said twice."""

# The C loader reads the bank about ten times as fast; a machine without libyaml has only the other.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Anchors say what can be observed. "Explains well" cannot; it moves the rater's opinion into the scale.
_DEGREE = re.compile(
    r"\b(very|quite|rather well|somewhat|fairly|really|extremely|highly|deeply|thoroughly|clearly|poorly|badly|well|"
    r"good|bad|excellent|adequate\w*|sufficient\w*|vague\w*|superficial\w*)\b",
    re.IGNORECASE,
)


class MalformedBank(ValueError):
    """A file of the bank is not what the loader reads."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.parent.name}/{path.name}: {reason}")


@dataclass(frozen=True)
class Bank:
    questions: Mapping[str, Question]

    @cached_property
    def _by_area(self) -> Mapping[tuple[str, str], tuple[Question, ...]]:
        areas: dict[tuple[str, str], list[Question]] = {}
        for question in self.questions.values():
            areas.setdefault((question.type, question.competency), []).append(question)
        return {area: tuple(found) for area, found in areas.items()}

    @cached_property
    def _by_text(self) -> Mapping[str, Question]:
        return {_plain(question.text): question for question in self.questions.values()}

    def select(
        self,
        type: InterviewType,
        focus_areas: Sequence[str],
        *,
        difficulty: Difficulty | None = None,
        exclude_ids: Collection[str] = frozenset(),
    ) -> tuple[Question, ...]:
        """The questions of these focus areas, in the order of the areas and then of their numbers.

        Every difficulty without `difficulty`; empty where the type has no such focus area.
        """
        return tuple(
            question
            for area in dict.fromkeys(focus_areas)
            for question in self._by_area.get((type, area), ())
            if question.id not in exclude_ids and (difficulty is None or question.difficulty is difficulty)
        )

    def by_text(self, text: str) -> Question | None:
        """The question with these words, whatever the case and spacing; None for one that is not of the bank."""
        return self._by_text.get(_plain(text))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def load_bank(root: Path = BANK_ROOT) -> Bank:
    """Every question under `root`; read once a process. Raises: MalformedBank, naming the file and the question."""
    return _load(root)


@lru_cache(maxsize=4)
def _load(root: Path) -> Bank:
    questions: dict[str, Question] = {}
    for path in sorted(root.glob("*/*.yaml")):
        for question in _read(path):
            if question.id in questions:
                raise MalformedBank(path, f"the number of {question.id} is given twice")
            questions[question.id] = question
    return Bank(MappingProxyType(questions))


def _read(path: Path) -> Iterator[Question]:
    name, focus = path.parent.name, path.stem
    if name not in set(InterviewType) or focus not in FOCUS_AREAS[InterviewType(name)]:
        raise MalformedBank(path, "the catalogue has no such focus area")
    try:
        items = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  a safe loader
    except yaml.YAMLError as exc:
        raise MalformedBank(path, f"is not YAML: {exc}") from exc
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise MalformedBank(path, "a list of questions is wanted")
    for item in items:
        yield _question(path, item)


def _question(path: Path, item: dict[str, Any]) -> Question:
    number = item.get("n")
    if type(number) is not int or number < 1:
        raise MalformedBank(path, f"a question has n {number!r}, not a number from 1")
    fields = {key: value for key, value in item.items() if key != "n"}
    identity = {
        "id": f"bank:{path.parent.name}.{path.stem}.{number}",
        "type": path.parent.name,
        "competency": path.stem,
    }
    try:
        return Question.model_validate({**fields, **identity})
    except ValidationError as exc:
        reasons = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in exc.errors())
        raise MalformedBank(path, f"question {number}: {reasons}") from exc


def problems_in(bank: Bank) -> list[tuple[str, str]]:
    """What is wrong with a bank, as (id of the question or of the focus area, problem); empty when it may be used."""
    found = [(q.id, problem) for q in bank.questions.values() for problem in _problems_of_question(q)]
    return [*found, *_near_duplicates(bank), *_gaps(bank)]


def _problems_of_question(question: Question) -> list[str]:
    return [
        *problems_of(question),
        *_spoken_problems(question),
        *_rubric_problems(question),
        *(problem for point in question.key_points for problem in _point_problems(point, question)),
    ]


def _spoken_problems(question: Question) -> list[str]:
    found = []
    if len(question.text.split()) > MAX_WORDS:
        found.append(f"longer than {MAX_WORDS} words")
    if not question.follow_ups:
        found.append("no follow-up")
    for follow_up in question.follow_ups:
        # A follow-up is asked aloud like the question: the same wording rules, and it gives no key point away either.
        asked = question.model_copy(update={"text": follow_up})
        found += [f"follow-up: {problem}" for problem in problems_of(asked)]
    if not MIN_SECONDS <= question.expected_seconds <= MAX_SECONDS:
        found.append(f"expected_seconds outside {MIN_SECONDS} to {MAX_SECONDS}")
    return found


def _rubric_problems(question: Question) -> list[str]:
    found = []
    if not 1 <= sum(point.must_have for point in question.key_points) <= MAX_MUST_HAVES:
        found.append(f"not one to {MAX_MUST_HAVES} must_have key points")
    heaviest = max(point.weight for point in question.key_points)
    if any(point.must_have and point.weight < heaviest for point in question.key_points):
        found.append("a must_have key point weighs less than another")
    for level, anchor in question.anchors.model_dump().items():
        if degree := _DEGREE.search(anchor):
            found.append(f"anchor {level} grades instead of describing: {degree.group()!r}")
    if len(set(question.anchors.model_dump().values())) < 3:
        found.append("two anchors are the same")
    for one, other in combinations(question.key_points, 2):
        if jaccard(content_words(one.text), content_words(other.text)) >= ALIKE:
            found.append(f"two key points say the same: {other.text!r}")
    return found


def _point_problems(point: KeyPoint, question: Question) -> list[str]:
    found = []
    words = content_words(point.text)
    new = words - content_words(question.text)
    if len(new) < MIN_NEW_WORDS or 2 * len(new) < len(words):
        found.append(f"key point is mostly in the question: {point.text!r}")
    if not point.accept_also:
        found.append(f"key point has no other wording: {point.text!r}")
    wordings = [_plain(text) for text in (point.text, *point.accept_also, *point.common_wrong)]
    if len(set(wordings)) < len(wordings):
        found.append(f"key point repeats a wording: {point.text!r}")
    return found


def _near_duplicates(bank: Bank) -> Iterator[tuple[str, str]]:
    words = {question.id: content_words(question.text) for question in bank.questions.values()}
    for (one, first), (other, second) in combinations(words.items(), 2):
        if jaccard(first, second) >= NEAR_DUPLICATE:
            yield other, f"asks what {one} asks"


def _gaps(bank: Bank) -> Iterator[tuple[str, str]]:
    for kind, areas in FOCUS_AREAS.items():
        for area in areas:
            counts = Counter(question.difficulty for question in bank.select(kind, [area]))
            for difficulty in Difficulty:
                if counts[difficulty] < MIN_PER_DIFFICULTY:
                    yield f"bank:{kind}.{area}", f"{counts[difficulty]} {difficulty} questions"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write counts and problems; 1 where there is a problem. Arguments are the types to look at, all without."""
    parser = argparse.ArgumentParser(prog="python -m core.interviews.bank", description="Check and count the bank.")
    parser.add_argument("types", nargs="*", type=InterviewType, help=", ".join(InterviewType))
    parser.add_argument("--root", type=Path, default=BANK_ROOT, help="the folder of the bank")
    options = parser.parse_args(arguments)
    chosen = options.types or list(InterviewType)
    started = time.perf_counter()
    try:
        bank = load_bank(options.root)
    except MalformedBank as exc:
        sys.stdout.write(f"{exc}\n")
        return 1
    seconds = time.perf_counter() - started
    _write_counts(bank, chosen)
    sys.stdout.write(f"{len(bank.questions)} questions, read in {seconds * 1000:.0f} ms with {_Loader.__name__}\n")
    prefixes = tuple(f"bank:{kind}." for kind in chosen)
    problems = [(where, what) for where, what in problems_in(bank) if where.startswith(prefixes)]
    for where, what in problems:
        sys.stdout.write(f"{where}: {what}\n")
    return 1 if problems else 0


def _write_counts(bank: Bank, kinds: Sequence[InterviewType]) -> None:
    for kind in kinds:
        for area in FOCUS_AREAS[kind]:
            counts = Counter(question.difficulty for question in bank.select(kind, [area]))
            row = "  ".join(f"{difficulty} {counts[difficulty]:2}" for difficulty in Difficulty)
            sys.stdout.write(f"{kind + '.' + area:40} {row}  all {counts.total():3}\n")


if __name__ == "__main__":
    sys.exit(main())
