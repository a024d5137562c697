"""Screens: the server's time for each, against a page that says one word; what goes over the wire; when a browser shows
something."""

import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from playwright.sync_api import Browser, sync_playwright

from bench.apps import AppServer, serving_app
from bench.charts import bars
from bench.people import Resident, admin_cookie, employ_coach, give_history, set_up
from bench.table import Detail, Findings, Row
from bench.visitor import COOKIE, Run, Visitor
from core.wiring import Greenroom
from runner.browser import find

LOADS = 3
"""So many times a browser opens a page: first with nothing in its cache."""
FEW, MANY = 10, 2000
PAINTED = "performance.getEntriesByType('paint').find(e => e.name === 'first-contentful-paint')?.startTime ?? 0"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@dataclass(frozen=True)
class Lengths:
    """How many rounds over all screens, reruns of each in a round, and browsers with nothing in their cache."""

    rounds: int
    reruns: int
    paints: int


@dataclass(frozen=True)
class Sight:
    """A screen as somebody sees it."""

    name: str
    path: str
    cookie: str
    query: dict[str, str] = field(default_factory=dict)


@dataclass
class Taken:
    """What its runs took: seconds by the clock, and seconds of the server's processor over all reruns."""

    first: list[Run] = field(default_factory=list)
    again: list[Run] = field(default_factory=list)
    first_cpu: float = 0.0
    again_cpu: float = 0.0

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.again_cpu / len(self.again)

    @property
    def failed(self) -> int:
        return sum(bool(run.failed) for run in (*self.first, *self.again))


EMPTY = Sight("empty page", "", "")


def sights(greenroom: Greenroom, residents: Sequence[Resident]) -> list[Sight]:
    """Every screen, and history once with few interviews and once with many."""
    asha, meera, ravi = residents[:3]
    unpaid, ready = set_up(asha, paid=False), set_up(asha, paid=True)
    give_history(greenroom, meera.actor, count=FEW)
    give_history(greenroom, ravi.actor, count=MANY)
    coach, admin = employ_coach(greenroom, list(residents)), admin_cookie(greenroom)
    cohort = {"cohort": coach.cohort_id}
    return [
        Sight("home", "", asha.cookie),
        Sight("setup", "setup", asha.cookie),
        Sight("payment", "payment", asha.cookie, {"session": unpaid}),
        Sight("interview", "interview", asha.cookie, {"session": ready}),
        Sight("report", "report", asha.cookie, {"session": asha.session_id}),
        Sight(f"history of {FEW}", "history", meera.cookie),
        Sight(f"history of {MANY}", "history", ravi.cookie),
        Sight("account", "account", asha.cookie),
        Sight("cohorts", "cohorts", coach.cookie),
        Sight("cohort", "cohort", coach.cookie, cohort),
        Sight(f"learner of {FEW}", "learner", coach.cookie, {**cohort, "learner": meera.actor.user_id}),
        Sight(f"learner of {MANY}", "learner", coach.cookie, {**cohort, "learner": ravi.actor.user_id}),
        Sight("review", "review", coach.cookie),
        Sight("operations", "operations", admin),
    ]


def measure(ours: AppServer, greenroom: Greenroom, residents: Sequence[Resident], lengths: Lengths) -> Findings:
    seen = [EMPTY, *sights(greenroom, residents)]
    with serving_app("empty", {}) as empty:
        taken = asyncio.run(_rounds(seen, ours, empty, lengths))
        home = next(sight for sight in seen if sight.name == "home")
        paints = _paints(ours, empty, home, lengths.paints)
    nothing = taken[EMPTY.name]
    return Findings(
        rows=[
            *_growth("history", taken),
            *_growth("learner", taken),
            Row("screens", "runs that failed", float(sum(one.failed for one in taken.values())), 0, "at most"),
            *paints,
        ],
        details=[Detail("screens", "Screens, medians; times are the server's", HEAD, _lines(taken, nothing))],
        charts={
            "screens": bars(
                "Rerun of each screen, times the empty page's",
                {name: _median(one.again) / _median(nothing.again) for name, one in taken.items()},
                unit=" ×",
            )
        },
    )  # fmt: skip


def _growth(screen: str, taken: dict[str, Taken]) -> list[Row]:
    """What many interviews cost more than few on a screen that lists them."""
    few, many, sizes = taken[f"{screen} of {FEW}"], taken[f"{screen} of {MANY}"], f"{MANY} interviews / {FEW}"
    again, first = _median(many.again) / _median(few.again), _median(many.first) / _median(few.first)
    return [
        Row("screens", f"{screen}, rerun: {sizes}, by the clock", again, 1.3, "at most"),
        Row("screens", f"{screen}, rerun: {sizes}, processor", many.cpu_ms / few.cpu_ms, None),
        Row("screens", f"{screen}, first run: {sizes}", first, 1.3, "at most"),
    ]


HEAD = ("screen", "first run, ms", "rerun, ms", "rerun / empty", "processor, ms", "first, kB", "rerun, kB")


def _lines(taken: dict[str, Taken], nothing: Taken) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            name,
            f"{1000 * _median(one.first):.0f}",
            f"{1000 * _median(one.again):.0f}",
            f"{_median(one.again) / _median(nothing.again):.1f}",
            f"{one.cpu_ms:.1f}",
            f"{one.first[-1].payload_bytes / 1000:.1f}",
            f"{one.again[-1].payload_bytes / 1000:.1f}",
        )
        for name, one in taken.items()
    )


async def _rounds(seen: Sequence[Sight], ours: AppServer, empty: AppServer, lengths: Lengths) -> dict[str, Taken]:
    """One after another in turns: whatever else the machine does falls on all."""
    taken = {sight.name: Taken() for sight in seen}
    for number in range(lengths.rounds + 1):
        for sight in seen:
            server = empty if sight is EMPTY else ours
            one = await _visit(sight, server, lengths.reruns)
            if number:  # The first round warms up.
                _add(taken[sight.name], one)
    return taken


async def _visit(sight: Sight, server: AppServer, reruns: int) -> Taken:
    visitor, one = Visitor(server.port, sight.cookie), Taken()
    await visitor.arrive()
    used = server.cpu_seconds()
    one.first.append(await visitor.open(sight.path, **sight.query))
    one.first_cpu = server.cpu_seconds() - used
    used = server.cpu_seconds()
    for _ in range(reruns):
        one.again.append(await visitor.rerun())
    one.again_cpu = server.cpu_seconds() - used
    await visitor.leave()
    return one


def _add(sums: Taken, one: Taken) -> None:
    sums.first += one.first
    sums.again += one.again
    sums.first_cpu += one.first_cpu
    sums.again_cpu += one.again_cpu


def _median(runs: Sequence[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


@dataclass
class Painted:
    """Milliseconds to the first paint, with nothing in the cache and with everything."""

    cold: list[float] = field(default_factory=list)
    cached: list[float] = field(default_factory=list)

    def add(self, found: Sequence[float]) -> None:
        self.cold.append(found[0])
        self.cached += found[1:]

    def medians(self) -> tuple[float, float]:
        return statistics.median(self.cold), statistics.median(self.cached)


def _paints(ours: AppServer, empty: AppServer, home: Sight, count: int) -> list[Row]:
    """When Chromium shows something for the first time, with nothing in its cache and with everything. In ms.

    Both pages take turns, each time in a context of its own.
    """
    chromium = find()
    if chromium is None:
        return []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        _paint(browser, empty.port, EMPTY)  # Not counted: the browser itself starts with its first page.
        found, nothing = Painted(), Painted()
        for _ in range(count):
            found.add(_paint(browser, ours.port, home))
            nothing.add(_paint(browser, empty.port, EMPTY))
        browser.close()
    cold, warm = found.medians()
    cold_empty, warm_empty = nothing.medians()
    return [
        Row("screens", "first contentful paint, home / empty page, cold", cold / cold_empty, None),
        Row("screens", "first contentful paint, home, cold (ms)", cold, None),
        Row("screens", "first contentful paint, home / empty page, cached", warm / warm_empty, None),
        Row("screens", "first contentful paint, home, cached (ms)", warm, None),
    ]


def _paint(browser: Browser, port: int, sight: Sight) -> list[float]:
    """In ms, of one page and its reloads: nothing is in the cache before the first."""
    context = browser.new_context()
    address = f"http://127.0.0.1:{port}/{sight.path}?{urlencode(sight.query)}"
    if sight.cookie:
        context.add_cookies([{"name": COOKIE, "value": sight.cookie, "url": f"http://127.0.0.1:{port}"}])
    page = context.new_page()
    found = []
    for _ in range(LOADS):
        page.goto(address)
        page.get_by_test_id("stMarkdown").or_(page.get_by_test_id("stHeading")).first.wait_for(timeout=60_000)
        page.wait_for_function(f"({PAINTED}) > 0")  # The browser notes it a moment after it has painted.
        found.append(float(page.evaluate(PAINTED)))
    context.close()
    return found
