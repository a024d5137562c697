"""Writes cohorts with many interviews, as fast as COPY can: `write_cohorts(database_url, interviews=1_000_000, …)`.

Every row is one the product itself could have written, but for words: what was said is left out. Roll-ups are written
from the same rows, since a million triggers would take hours; `core.cohorts.proving` holds them against each other.
"""

import json
import multiprocessing
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

import psycopg

TYPES, LEVELS = ("technical", "behavioral", "hr"), ("easy", "medium", "hard")
PARTS = ("databases", "apis", "testing", "networking", "security")
QUESTIONS = tuple(f"bank:technical.{part}.{number}" for part in PARTS for number in range(1, 9))
ANSWERS_EACH = 3
DAYS = 180
COACHED = 5
"""Of the cohorts, those that the coach of the views has."""
ALL_DAYS = date.min
STARTED = datetime(2026, 5, 1, 9, tzinfo=UTC)
COLUMNS = {
    "users": "id, username, email, name, password_hash, role, locale, created_at",
    "cohorts": "id, name, feedback_only, created_at",
    "cohort_coaches": "cohort_id, user_id, added_at",
    "cohort_members": "cohort_id, user_id, share_scores, share_reports, share_audio, joined_at",
    "interview_sessions": (
        "id, user_id, type, difficulty, mode, status, attempt, created_at, updated_at, started_at, ended_at, "
        "used_seconds, duration_seconds, configuration, questions_generated, questions_source, question_count, "
        "rubric_hash, report_generated, price_amount, price_currency, price_lines"
    ),
    "interview_questions": (
        "id, session_id, user_id, source_id, question_order, competency, question_text, difficulty, "
        "expected_key_points, user_response_text, response_score, follow_up_asked"
    ),
    "interview_reports": (
        "id, session_id, user_id, overall_score, interval_low, interval_high, score_breakdown, strengths, weaknesses, "
        "recommendations, report_json, engine, rubric_version, generated_at"
    ),
    "cohort_facts": (
        "cohort_id, session_id, user_id, at, day, type, difficulty, score, low, high, skipped, competencies, questions"
    ),
    "cohort_days": "cohort_id, day, type, difficulty, interviews, score_sum, square_sum, histogram",
    "cohort_competencies": "cohort_id, day, type, difficulty, user_id, competency, n, score_sum",
    "cohort_day_competencies": "cohort_id, day, type, difficulty, competency, n, score_sum",
    "cohort_learners": "cohort_id, user_id, interviews, score_sum",
    "cohort_questions": "cohort_id, source_id, n, score_sum, paired, x, xx, y, yy, xy",
}
"""In the order in which they are written: each after what it refers to."""
_BIG = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True)
class Made:
    coach_id: str
    cohort_ids: tuple[str, ...]
    learner_id: str
    """A learner of the first cohort."""
    session_id: str
    """An interview of that learner."""


def name(prefix: str, number: int) -> str:
    """An id as the product gives them; those of later numbers sort later."""
    block, place = divmod(number, 32)
    return f"{prefix}_01bnch{_digits(block)}{_BIG[place]}"


@lru_cache(maxsize=1024)
def _digits(number: int) -> str:
    digits = ""
    for _place in range(19):
        number, digit = divmod(number, 32)
        digits = _BIG[digit] + digits
    return digits


def write_cohorts(
    database_url: str,
    *,
    interviews: int,
    cohorts: int,
    learners_each: int = 40,
    with_questions: bool = True,
    seed: int = 1,
) -> Made:
    """Write so many interviews, spread evenly over the cohorts, into a migrated database.

    Every core of the machine writes cohorts of its own. `with_questions` False leaves out the rows of single
    questions, three for each interview: of the views, agreement alone reads them.
    """
    coach_id = name("usr", 0)
    plan = Plan(database_url, interviews // cohorts, learners_each, coach_id, with_questions, seed)
    with psycopg.connect(database_url, autocommit=True) as connection:
        _copy(connection, "users", [_user(coach_id, "coach")])
        writers = min(cohorts, os.cpu_count() or 1)
        shares = [range(first, cohorts, writers) for first in range(writers)]
        with ProcessPoolExecutor(writers, mp_context=multiprocessing.get_context("spawn")) as processes:
            list(processes.map(plan.write, shares))
        for table in COLUMNS:
            connection.execute(f"VACUUM ANALYZE {table}")  # noqa: S608  our own names
    return Made(coach_id, tuple(name("coh", n) for n in range(cohorts)), name("usr", 1), name("int", 0))


@dataclass(frozen=True)
class Plan:
    """What every cohort is written by."""

    database_url: str
    each: int
    learners_each: int
    coach_id: str
    with_questions: bool
    seed: int

    def write(self, numbers: range) -> None:
        """Write the cohorts of these numbers; each comes out the same, whoever writes it."""
        with psycopg.connect(self.database_url, options="-c synchronous_commit=off") as connection:
            for number in numbers:
                rows = _cohort(self, number)
                connection.execute("SET LOCAL session_replication_role = replica")
                for table in COLUMNS:
                    _copy(connection, table, rows[table])
                connection.commit()


def _copy(connection: psycopg.Connection[Any], table: str, rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    with connection.cursor().copy(f"COPY {table} ({COLUMNS[table]}) FROM STDIN") as copy:  # noqa: S608  our own names
        for row in rows:
            copy.write_row(row)


def _user(user_id: str, role: str) -> tuple[Any, ...]:
    return (user_id, user_id, f"{user_id}@bench.test", f"Person {user_id[-4:]}", "x", role, "en", STARTED)


def _cohort(plan: Plan, number: int) -> dict[str, list[tuple[Any, ...]]]:
    random = Random(f"{plan.seed} {number}")  # noqa: S311  made-up data
    learners = plan.learners_each
    cohort_id = name("coh", number)
    people = [name("usr", 1 + number * learners + place) for place in range(learners)]
    skill = {person: random.gauss(58, 12) for person in people}
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    rows["users"] = [_user(person, "candidate") for person in people]
    rows["cohorts"] = [(cohort_id, f"Batch {number + 1}", False, STARTED)]
    # So many whatever the size: what a coach is shown must not grow with other people's cohorts.
    rows["cohort_coaches"] = [(cohort_id, plan.coach_id, STARTED)] if number < COACHED else []
    rows["cohort_members"] = [(cohort_id, person, True, True, False, STARTED) for person in people]
    facts = [
        _interview(rows, cohort_id, number * plan.each + place, people[place % learners], skill, random, plan)
        for place in range(plan.each)
    ]
    rows["cohort_facts"] = [fact.row for fact in facts]
    _roll_up(rows, cohort_id, facts)
    return rows


@dataclass(frozen=True)
class Fact:
    row: tuple[Any, ...]
    user_id: str
    day: date
    type: str
    difficulty: str
    score: int
    parts: dict[str, int]
    answers: list[list[Any]]


def _interview(
    rows: dict[str, list[tuple[Any, ...]]],
    cohort_id: str,
    number: int,
    user_id: str,
    skill: dict[str, float],
    random: Random,
    plan: Plan,
) -> Fact:
    session_id = name("int", number)
    days = random.randrange(DAYS)
    at = STARTED + timedelta(days=days, seconds=random.randrange(36_000))
    kind, level = random.choice(TYPES), random.choice(LEVELS)
    sources = random.sample(QUESTIONS, ANSWERS_EACH)
    scores = [max(0, min(100, round(random.gauss(skill[user_id] + days / 20, 15)))) for _source in sources]
    score = round(sum(scores) / len(scores))
    low, high = max(0, score - 14), min(100, score + 14)
    parts = {source.split(".")[1]: value for source, value in zip(sources, scores, strict=True)}
    total = sum(scores)
    answers = [
        [source, value, _whole(100 * (total - value), ANSWERS_EACH - 1)]
        for source, value in zip(sources, scores, strict=True)
    ]
    rows["interview_sessions"].append(
        (session_id, user_id, kind, level, "text", "completed", 1, at, at, at, at, 1200, 1200, "{}", "{}",
         "question_bank", ANSWERS_EACH, "x", True, 0, "INR", "[]")
    )  # fmt: skip
    if plan.with_questions:
        rows["interview_questions"] += [
            (name("qst", number * ANSWERS_EACH + order), session_id, user_id, source, order + 1, source.split(".")[1],
             "x", 2, [], "x", value, False)
            for order, (source, value) in enumerate(zip(sources, scores, strict=True))
        ]  # fmt: skip
    rows["interview_reports"].append(
        (name("rep", number), session_id, user_id, score, low, high, json.dumps(parts), [], [], [], "{}", "rubric",
         "1", at)
    )  # fmt: skip
    row = (cohort_id, session_id, user_id, at, at.date(), kind, level, score, low, high, 0.0, json.dumps(parts),
           json.dumps(answers))  # fmt: skip
    return Fact(row, user_id, at.date(), kind, level, score, parts, answers)


def _whole(total: int, count: int) -> int:
    """Rounded as Postgres rounds: half away from zero."""
    return (2 * total + count) // (2 * count)


def _roll_up(rows: dict[str, list[tuple[Any, ...]]], cohort_id: str, facts: list[Fact]) -> None:
    days: dict[tuple[date, str, str], list[int]] = defaultdict(lambda: [0] * 101)
    parts: dict[tuple[date, str, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    means: dict[tuple[date, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    learners: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    questions: dict[str, Counter[str]] = defaultdict(Counter)
    for fact in facts:
        for day in (ALL_DAYS, fact.day):
            days[day, fact.type, fact.difficulty][fact.score] += 1
            for part, value in fact.parts.items():
                _add(parts[day, fact.type, fact.difficulty, fact.user_id, part], value)
                _add(means[day, fact.type, fact.difficulty, part], value)
        _add(learners[fact.user_id], fact.score)
        for source, x, y in fact.answers:
            questions[source].update(
                {"n": 1, "score": x, "paired": 1, "x": x, "xx": x * x, "y": y, "yy": y * y, "xy": x * y}
            )
    rows["cohort_days"] = [(cohort_id, *key, *_moments(counts), counts) for key, counts in days.items()]
    rows["cohort_competencies"] = [(cohort_id, *key, *sums) for key, sums in parts.items()]
    rows["cohort_day_competencies"] = [(cohort_id, *key, *sums) for key, sums in means.items()]
    rows["cohort_learners"] = [(cohort_id, user, *sums) for user, sums in learners.items()]
    names = ("n", "score", "paired", "x", "xx", "y", "yy", "xy")
    rows["cohort_questions"] = [
        (cohort_id, source, *(sums[part] for part in names)) for source, sums in questions.items()
    ]


def _add(sums: list[int], value: int) -> None:
    sums[0] += 1
    sums[1] += value


def _moments(counts: list[int]) -> Iterator[int]:
    yield sum(counts)
    yield sum(score * count for score, count in enumerate(counts))
    yield sum(score * score * count for score, count in enumerate(counts))
