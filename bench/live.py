"""Live users: many tabs that click every ten seconds or so on the real screens of one process, and the same with
Streamlit as it comes.

The watch begins when all have arrived. Where they are more than the process can answer, what it has not yet answered by
then is worked off in the watch: its figures hold the backlog of the arrival and are no steady state. The processor's
time is that of the watch, with clicks from before it; the clicks are those that began in it, with answers from after
it. Below overload the two ends weigh little.
"""

import asyncio
import functools
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.apps import AppServer, Kind, serving_app
from bench.charts import lines
from bench.people import Resident, give_history
from bench.product import Product
from bench.table import Detail, Findings, Row
from bench.visitor import Lost, Visitor
from core.wiring import Greenroom

HISTORY = 10
SIDES: tuple[Kind, ...] = ("ours", "as it comes")
PATIENCE_SECONDS = 30.0
"""A click that takes longer is counted as failed: nobody waits for it."""
P95_MS = 1000
TIMES_BETTER = 5.0
"""Of the same, against Streamlit as it comes: a time alone says more about the machine."""


@dataclass(frozen=True)
class Lengths:
    """How many tabs, the seconds from an answer to the next click of each, and for how many seconds all are watched."""

    users: Sequence[int]
    think: float
    watched: float


@dataclass
class Crowd:
    """What so many tabs saw, and what they cost the process. Clicks while they still arrived are not in it."""

    users: int
    taken: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    cpu_share: float = 0.0
    """Of one core."""
    cpu_seconds: float = 0.0
    bytes_each: float = 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.taken)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    @property
    def failed(self) -> int:
        return self.errors.total() + sum(seconds > PATIENCE_SECONDS for seconds in self.taken)

    @property
    def cpu_ms(self) -> float:
        """Of each click."""
        return 1000 * self.cpu_seconds / len(self.taken) if self.taken else 0.0


def measure(product: Product, greenroom: Greenroom, residents: Sequence[Resident], lengths: Lengths) -> Findings:
    """Both sides take turns at each size, each on a process that is fresh, as memory never comes back."""
    for resident in residents:
        give_history(greenroom, resident.actor, count=HISTORY)
    crowds: dict[Kind, list[Crowd]] = {side: [] for side in SIDES}
    for size in lengths.users:
        for side in SIDES:
            with serving_app(side, product.environment()) as server:
                crowds[side].append(asyncio.run(_crowd(server, residents, size, lengths)))
    ours, default = crowds["ours"], crowds["as it comes"]
    return Findings(
        rows=[
            Row("live", f"{ours[0].users} users: p95, as Streamlit comes / ours",
                default[0].percentile(0.95) / ours[0].percentile(0.95), TIMES_BETTER, "at least"),
            Row("live", f"{ours[0].users} users: p95 of a click (ms)", ours[0].percentile(0.95), P95_MS, "at most"),
            *(Row("live", f"{one.users} users: p95, as Streamlit comes / ours",
                  other.percentile(0.95) / one.percentile(0.95), None)
              for one, other in list(zip(ours, default, strict=True))[1:][-1:]),
            Row("live", f"{ours[0].users} users: processor a click, as it comes / ours",
                default[0].cpu_ms / ours[0].cpu_ms, 1.5, "at least"),
            *(Row("live", f"{crowd.users} users: clicks that failed", float(crowd.failed), 0, "at most")
              for crowd in ours),
        ],
        details=[Detail("live", f"Live users on one process, a click every {lengths.think:g} s", HEAD, _lines(crowds))],
        charts={
            "live": lines(
                "p95 of a click with so many live users on one process",
                {side: [(crowd.users, crowd.percentile(0.95)) for crowd in found] for side, found in crowds.items()},
                across="live users", up="ms",
            )
        } if len(lengths.users) > 1 else {},
    )  # fmt: skip


HEAD = ("users, side", "clicks", "p50, ms", "p95, ms", "failed", "core, %", "cpu a click, ms", "kB a session")


def _lines(crowds: dict[Kind, list[Crowd]]) -> tuple[tuple[str, ...], ...]:
    pairs = [(side, crowd) for at in range(len(crowds["ours"])) for side in SIDES for crowd in [crowds[side][at]]]
    return tuple(
        (
            f"{crowd.users}, {side}",
            f"{len(crowd.taken)}",
            f"{crowd.percentile(0.5):.0f}",
            f"{crowd.percentile(0.95):.0f}",
            f"{crowd.failed}",
            f"{100 * crowd.cpu_share:.0f}",
            f"{crowd.cpu_ms:.0f}",
            f"{crowd.bytes_each / 1000:.0f}",
        )
        for side, crowd in pairs
    )


async def _crowd(server: AppServer, residents: Sequence[Resident], users: int, lengths: Lengths) -> Crowd:
    """They arrive over one think time, so that their clicks are spread; then they are watched."""
    await _warm(server, residents[0])
    crowd, before = Crowd(users), server.memory_bytes()
    begins = time.perf_counter() + lengths.think
    ends = begins + lengths.watched
    begin = functools.partial(_tab, server.port, crowd=crowd, think=lengths.think, begins=begins, ends=ends)
    tabs = [
        asyncio.create_task(begin(residents[number % len(residents)], random.Random(number))) for number in range(users)
    ]
    await asyncio.sleep(begins - time.perf_counter())
    used, since = server.cpu_seconds(), time.perf_counter()
    await asyncio.sleep(max(0.0, ends - time.perf_counter()))
    crowd.cpu_seconds = server.cpu_seconds() - used
    crowd.cpu_share = crowd.cpu_seconds / (time.perf_counter() - since)
    crowd.bytes_each = (server.memory_bytes() - before) / users
    await asyncio.gather(*tabs)
    return crowd


async def _warm(server: AppServer, resident: Resident) -> None:
    """The first run of each screen imports it."""
    visitor = Visitor(server.port, resident.cookie)
    await visitor.arrive()
    for screen, query in _ways(resident):
        await visitor.open(screen, **query)
    await visitor.leave()


def _ways(resident: Resident) -> list[tuple[str, dict[str, str]]]:
    """Where people go, the home screen and history more often than the rest."""
    report = ("report", {"session": resident.session_id})
    return [("", {}), ("history", {}), report, ("setup", {}), ("", {}), ("history", {}), ("account", {})]


async def _tab(
    port: int, resident: Resident, dice: random.Random, *, crowd: Crowd, think: float, begins: float, ends: float
) -> None:
    visitor = Visitor(port, resident.cookie)
    ways = _ways(resident)
    await asyncio.sleep(dice.uniform(0, think))
    try:
        await visitor.arrive()
        while time.perf_counter() < ends:
            screen, query = dice.choice(ways)
            clicked = time.perf_counter()
            run = await visitor.open(screen, **query)
            if clicked >= begins:
                crowd.taken.append(run.seconds)
                if run.failed:
                    crowd.errors[run.failed] += 1
            await asyncio.sleep(min(dice.uniform(0.5, 1.5) * think, max(0.0, ends - time.perf_counter())))
    except Lost as exc:
        crowd.errors[str(exc)] += 1
    finally:
        await visitor.leave()
