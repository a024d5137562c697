"""A day of interviews, arrival by arrival, on a given number of processes: what is full first, and who waits how long.

`make simulate ARGS="--a-day 1000000"` takes what an interview was measured to cost (`bench.cost`), lets people come by
the hour of the day, and prints two tables: on the installation of deploy/compose.yml the number of interviews a day at
which each part is full, the first on top; then what the day asked for needs, with the waits it leads to.

Two stations are queues with one service time and `n` servers, first come, first served: there customer `k` follows
customer `k - n` on the same server, so that a whole day is solved exactly by one running maximum over each server's own
customers. The other parts are counted minute by minute.
"""

import argparse
import sys
from dataclasses import dataclass
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]
"""Seconds since midnight, India's time; sorted where it says so."""

DAY, MINUTE = 86_400, 60
BY_HOUR = (3, 2, 1, 1, 1, 2, 4, 6, 9, 12, 14, 15, 15, 13, 13, 15, 19, 26, 38, 52, 56, 42, 21, 8)
"""How many come in each hour, in parts: students and people at work, who interview in the evening."""


@dataclass(frozen=True)
class Cost:
    """What one interview takes, as `bench.cost` measured it."""

    api_seconds: float
    worker_seconds: float
    log_bytes: float
    disk_bytes: float
    transactions: float


COSTS = {
    "typed": Cost(0.644, 0.165, 200e3, 186e3, 157),
    "spoken": Cost(0.592, 0.297, 395e3, 367e3, 200),
}

# How an interview goes, in seconds and calls. Its cost on the API is shared out evenly over the calls.
SETTING_UP, ANSWERING, SPREAD, READING = 180.0, 1200.0, 0.25, 300.0
CALLS_BEFORE, CALLS_DURING, CALLS_AFTER = 6, 3, 3

PEOPLE_AN_APP, AIM = 250, 0.65
"""People a Streamlit process serves, and how full a part may be in the busiest minute."""
PRIMARY_TRANSACTIONS, PRIMARY_LOG, PRIMARY_DISK = 12_000.0, 100e6, 4e12
"""What one good machine with its own fast disks is taken to bear: a second, a second, and altogether."""


@dataclass(frozen=True)
class Plant:
    """What there is of each part."""

    api: int
    worker: int
    app: int
    lines: int
    primaries: int


COMPOSE = Plant(api=2, worker=2, app=3, lines=10, primaries=1)
"""deploy/compose.yml, and the calls at once that the voice provider allows an account by default."""


@dataclass(frozen=True)
class Load:
    """A day: when the API is called and reports are asked for (sorted), and what the busiest minute needs."""

    a_day: int
    calls: Times
    reports: Times
    busiest: int
    needs: dict[str, float]


def arrivals(a_day: int, dice: np.random.Generator) -> Times:
    """When each person of a day comes, sorted: a Poisson process whose rate follows the hours without steps."""
    middles = (np.arange(24) + 0.5) * 3600
    minutes = np.arange(DAY // MINUTE) * float(MINUTE)
    rate = np.interp(minutes + MINUTE / 2, middles, BY_HOUR, period=DAY)
    counts = dice.poisson(rate * a_day / rate.sum())
    return np.sort(np.repeat(minutes, counts) + dice.uniform(0, MINUTE, counts.sum()))


def waits(arrived: Times, servers: int, seconds: float, closed: tuple[float, float] = (inf, inf)) -> Times:
    """How long each of `arrived` (sorted) waits for one of `servers` that take `seconds` each.

    Nothing is begun from `closed[0]` until `closed[1]`; what was begun before is finished.
    """
    begun = _begun(arrived, servers, seconds)
    if closed[0] < inf:
        begun = _begun(np.where(begun >= closed[0], np.maximum(arrived, closed[1]), arrived), servers, seconds)
    return begun - arrived


def _begun(ready: Times, servers: int, seconds: float) -> Times:
    turns = ceil(len(ready) / servers)
    by_server = np.full(turns * servers, inf)
    by_server[: len(ready)] = ready
    before = np.arange(turns)[:, np.newaxis] * seconds
    found: Times = np.maximum.accumulate(by_server.reshape(turns, servers) - before, axis=0) + before
    return found.ravel()[: len(ready)]


def load(a_day: int, cost: Cost, seed: int = 1) -> Load:
    """Draw a day of interviews and count what it asks of every part."""
    dice = np.random.default_rng(seed)
    came = arrivals(a_day, dice)
    a = len(came)
    began = came + SETTING_UP * dice.uniform(0.5, 1.5, a)
    lasted = ANSWERING * np.exp(SPREAD * dice.standard_normal(a) - SPREAD**2 / 2)
    ended = began + lasted
    calls = [came + (began - came) * dice.uniform(0, 1, a) for _ in range(CALLS_BEFORE)]
    calls += [began + lasted * dice.uniform(0, 1, a) for _ in range(CALLS_DURING)]
    calls += [ended + READING * dice.uniform(0, 0.2, a) for _ in range(CALLS_AFTER)]
    called = np.sort(np.concatenate(calls))
    by_minute = np.bincount((called // MINUTE).astype(int))
    called_a_second = by_minute.max() / MINUTE
    an_interview = CALLS_BEFORE + CALLS_DURING + CALLS_AFTER
    ending = np.sort(ended)
    needs = {
        "lines": float(_at_once(began, ended)),
        "app": _at_once(came, ended + READING) / PEOPLE_AN_APP,
        "api": called_a_second * cost.api_seconds / an_interview,
        "worker": np.bincount((ending // MINUTE).astype(int)).max() / MINUTE * cost.worker_seconds,
        "transactions": called_a_second / an_interview * cost.transactions / PRIMARY_TRANSACTIONS,
        "log": called_a_second / an_interview * cost.log_bytes / PRIMARY_LOG,
    }
    return Load(a, called, ending, int(by_minute.argmax()), needs)


def _at_once(begun: Times, ended: Times) -> int:
    """The most there are at the same time, looked at once a minute."""
    minutes = np.arange(0, 2 * DAY, MINUTE)
    inside = np.searchsorted(np.sort(begun), minutes) - np.searchsorted(np.sort(ended), minutes)
    return int(inside.max())


PARTS = {
    "lines": ("calls at once at the voice provider", "a contract; typed interviews meanwhile"),
    "app": ("Streamlit processes", "processes, one a core"),
    "api": ("API processes", "processes, one a core"),
    "worker": ("worker processes", "processes, one a core"),
    "transactions": ("primaries, by transactions", "a larger machine, then shards by person"),
    "log": ("primaries, by write-ahead log", "shorter KEEP_..._DAYS, then shards"),
}


def _has(plant: Plant, part: str) -> int:
    return plant.primaries if part in ("transactions", "log") else int(getattr(plant, part))


def limits(day: Load, plant: Plant) -> list[tuple[str, int, float]]:
    """Each part, how many there are, and the interviews a day at which the busiest minute fills them; least first."""
    rows = [(part, _has(plant, part), day.a_day * _has(plant, part) / need) for part, need in day.needs.items()]
    return sorted(rows, key=lambda row: row[2])


def sized(day: Load) -> Plant:
    """What the busiest minute of this day needs, no part fuller than AIM. Voice lines are let run full."""
    need = {part: ceil(need / AIM) for part, need in day.needs.items()}
    primaries = max(need["transactions"], need["log"])
    return Plant(need["api"], need["worker"], need["app"], ceil(day.needs["lines"]), primaries)


def tell(day: Load, cost: Cost, outage_minutes: int) -> str:
    """The tables as text."""
    lines = [f"{day.a_day:,} interviews; the busiest minute is {_clock(day.busiest)}", ""]
    lines.append(f"{'deploy/compose.yml as it is':38}{'has':>8}{'full at, a day':>16}   what to turn")
    for part, has, full in limits(day, COMPOSE):
        lines.append(f"{PARTS[part][0]:38}{has:8,}{_round(full):16,}   {PARTS[part][1]}")
    plant = sized(day)
    lines += ["", f"{f'for this day, at most {AIM:.0%} full':38}{'needs':>8}{'busiest':>16}"]
    for part, need in day.needs.items():
        lines.append(f"{PARTS[part][0]:38}{_has(plant, part):8,}{need / _has(plant, part):16.0%}")
    days = PRIMARY_DISK * plant.primaries / day.a_day / cost.disk_bytes
    lines.append(f"{'days until their disks are full':38}{days:8.0f}")
    an_interview = CALLS_BEFORE + CALLS_DURING + CALLS_AFTER
    away = (float(day.busiest * MINUTE), float((day.busiest + outage_minutes) * MINUTE))
    queues = (
        ("a call to the API", waits(day.calls, plant.api, cost.api_seconds / an_interview), day.calls),
        ("a report to a worker", waits(day.reports, plant.worker, cost.worker_seconds), day.reports),
        (f"with workers away for {outage_minutes} minutes",
         waits(day.reports, plant.worker, cost.worker_seconds, away), day.reports),
    )  # fmt: skip
    lines += ["", f"{'seconds of waiting, of':38}{'p50':>8}{'p99':>8}{'longest':>8}{'over a second until':>22}"]
    for what, waited, arrived in queues:
        half, most = np.percentile(waited, [50, 99])
        late = arrived[waited > 1.0]
        until = _clock(int(late.max() // MINUTE)) if len(late) else "never"
        lines.append(f"{what:38}{half:8.2f}{most:8.2f}{waited.max():8.2f}{until:>22}")
    return "\n".join(lines) + "\n"


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _round(number: float) -> int:
    """To two digits: no more is known."""
    return int(float(f"{number:.1e}"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--a-day", type=int, default=1_000_000, help="interviews")
    parser.add_argument("--kind", choices=COSTS, default="spoken")
    parser.add_argument("--outage", type=int, default=10, help="minutes the workers are away at the busiest time")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    cost = COSTS[asked.kind]
    sys.stdout.write(tell(load(asked.a_day, cost, asked.seed), cost, asked.outage))
    return 0


if __name__ == "__main__":
    sys.exit(main())
