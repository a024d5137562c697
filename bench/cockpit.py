"""How long each view of the cockpit takes to read, over few interviews and over many: `make cockpit`.

Cohorts are of the same size on both sides; what grows is the product around them. Times are told as ratios: a view
whose cost grew with the number of interviews would show a hundred.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from bench import cockpit_baselines
from bench.cohort_data import DAYS, STARTED, Made, write_cohorts
from core.accounts.types import Actor, Role
from core.analytics.service import TREND_POINTS
from core.clock import utc_now
from core.cohorts import agreement, assignments, comparing, heat, learners, roster, service
from core.cohorts.roster import Order
from core.cohorts.types import Filters
from core.db import Transactions, Uow, connect
from core.interviews.catalogue import Difficulty, InterviewType
from runner.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parent.parent
LEARNERS, EACH = 40, 2000
REPEATS = 15
MOST_RATIO = 1.5
LARGE, LEARNERS_OF_LARGE = 100_000, 500
"""One large cohort, for what costs more with its interviews."""
ROUNDING_MS = 1.0
"""Below a millisecond's difference a ratio says nothing."""

BIG = ("interview_sessions", "interview_reports", "interview_questions", "cohort_facts", "cohort_days",
       "cohort_competencies", "cohort_day_competencies")  # fmt: skip
"""Tables that grow with every interview: none is ever read from end to end."""

View = Callable[[Uow], Any]


def views(made: Made) -> dict[str, View]:
    """Everything a coach's screens read, as they read it."""
    coach = Actor(made.coach_id, made.coach_id, "Coach", Role.COACH, "ses_bench")
    cohort = made.cohort_ids[0]
    some = Filters(type=InterviewType("technical"), difficulty=Difficulty("easy"))
    dated = Filters(first=STARTED.date(), last=STARTED.date() + timedelta(days=DAYS))
    return {
        "cohorts": lambda uow: service.cohorts(uow, coach),
        "comparison": lambda uow: comparing.compare(uow, coach),
        "overview": lambda uow: service.analytics(uow, coach, cohort, Filters(), with_heatmap=False),
        "overview, filtered": lambda uow: service.analytics(uow, coach, cohort, some, with_heatmap=False),
        "overview, by date": lambda uow: service.analytics(uow, coach, cohort, dated, with_heatmap=False),
        "heat map": lambda uow: heat.rows(service.analytics(uow, coach, cohort, Filters())),
        "growth": lambda uow: comparing.growth_of(uow, coach, cohort, Filters()),
        "activity": lambda uow: comparing.activity_of(uow, coach, cohort, Filters()),
        "learners by name": lambda uow: roster.members(uow, coach, cohort),
        "learners by average": lambda uow: roster.members(uow, coach, cohort, order=Order.AVERAGE),
        "questions": lambda uow: service.questions(uow, coach, cohort, limit=100),
        "assignments": lambda uow: assignments.progress(uow, coach, cohort),
        "agreement": lambda uow: agreement.panel(uow, coach, cohort),
        "learner": lambda uow: learners.learner(uow, coach, cohort, made.learner_id, latest=TREND_POINTS),
        "a learner's interviews": lambda uow: learners.interviews(uow, coach, cohort, made.learner_id),
    }


@dataclass(frozen=True)
class Side:
    """A migrated database with so many interviews in it, and how many seconds writing them took."""

    interviews: int
    url: str
    made: Made
    seconds: float

    @cached_property
    def engine(self) -> Engine:
        return connect(self.url.replace("postgresql://", "postgresql+psycopg://"), pool_size=2)


@contextmanager
def side(interviews: int, *, cohorts: int | None = None, learners: int = LEARNERS) -> Iterator[Side]:
    """So many interviews in cohorts of one size, or in so many cohorts."""
    with tempfile.TemporaryDirectory(prefix="greenroom-cockpit-") as folder, EmbeddedPostgres(Path(folder)) as postgres:
        environment = {**os.environ, "DATABASE_URL": postgres.url}
        subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, env=environment, check=True)
        began = time.monotonic()
        made = write_cohorts(
            postgres.url,
            interviews=interviews,
            cohorts=cohorts or max(1, interviews // EACH),
            learners_each=learners,
        )
        written = Side(interviews, postgres.url, made, time.monotonic() - began)
        yield written
        written.engine.dispose()


def read_times(sides: Sequence[Side]) -> list[dict[str, float]]:
    """The median milliseconds of each view on each side, in turns, each in a transaction of its own."""
    found: list[dict[str, float]] = [{} for _side in sides]
    all_views = [views(one.made) for one in sides]
    for name in all_views[0]:
        taken: list[list[float]] = [[] for _side in sides]
        for _round in range(REPEATS + 2):
            for one, mine, times in zip(sides, all_views, taken, strict=True):
                began = time.perf_counter()
                with Transactions(one.engine, utc_now)() as uow:
                    mine[name](uow)
                times.append((time.perf_counter() - began) * 1000)
        for medians, times in zip(found, taken, strict=True):
            medians[name] = statistics.median(times[2:])
    return found


def scans(url: str, made: Made) -> list[str]:
    """Every place where a view's plan reads a big table from end to end, in words."""
    engine = connect(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=2)
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, sql, values, *_more: asked.append((sql, values)))
    found: list[str] = []
    for name, view in views(made).items():
        asked.clear()
        with Transactions(engine, utc_now)() as uow:
            view(uow)
        statements = [one for one in asked if one[0].lstrip().upper().startswith("SELECT")]
        with engine.connect() as connection:
            for sql, values in statements:
                plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", values).scalar_one()
                found += [f"{name}: {table}" for table in _read_whole(plan[0]["Plan"]) if table in BIG]
    engine.dispose()
    return found


def _read_whole(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from _read_whole(part)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    wanted = parser.parse_args()
    with side(wanted.few) as few, side(wanted.many) as many:
        for one in (few, many):
            say(f"{one.interviews:,} interviews in {len(one.made.cohort_ids)} cohorts, written in {one.seconds:.0f} s")
        times = read_times([few, many])
        others = cockpit_baselines.times(many.url, many.engine, many.made.cohort_ids[0])
        # Of few interviews a cohort is a good part, and reading the whole is the right plan.
        whole = scans(many.url, many.made)
    with side(LARGE, cohorts=1, learners=LEARNERS_OF_LARGE) as large:
        of_large = cockpit_baselines.times(large.url, large.engine, large.made.cohort_ids[0])
    slower = told(times)
    for name, ms in others.items():
        say(f"overview by {name:9} {EACH:,} interviews: {ms:8.1f} ms, {ms / others['roll-ups']:5.1f} x the roll-ups'; "
            f"{LARGE:,}: {of_large[name]:8.1f} ms, {of_large[name] / of_large['roll-ups']:5.1f} x")  # fmt: skip
    say(f"read from end to end: {', '.join(whole) or 'nothing'}")
    sys.exit(1 if slower or whole else 0)


def told(times: Sequence[dict[str, float]]) -> list[str]:
    """Print the views of both sides. Returns those that grow with the interviews."""
    say(f"{'view':24}{'few, ms':>10}{'many, ms':>10}{'ratio':>8}")
    slower = []
    for name, few in times[0].items():
        many = times[1][name]
        say(f"{name:24}{few:10.1f}{many:10.1f}{many / few:8.2f}")
        if many > few * MOST_RATIO and many - few > ROUNDING_MS:
            slower.append(name)
    return slower


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
