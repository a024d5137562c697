"""The simulation of docs/scaling.md counts right, and the page shows what it prints."""

import heapq
import math
from pathlib import Path

import numpy as np
import pytest

from bench.simulate import BY_HOUR, COMPOSE, COSTS, PARTS, arrivals, limits, load, sized, tell, waits

SCALING = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"


def one_by_one(arrived: list[float], servers: int, seconds: float, closed: tuple[float, float]) -> list[float]:
    """The same queue as one would write it first: whoever comes is given the server that is free soonest."""
    free, found = [0.0] * servers, []
    for at in arrived:
        begun = max(at, heapq.heappop(free))
        if closed[0] <= begun < closed[1]:
            begun = closed[1]
        heapq.heappush(free, begun + seconds)
        found.append(begun - at)
    return found


@pytest.mark.parametrize("servers", [1, 2, 7])
@pytest.mark.parametrize("closed", [(math.inf, math.inf), (40.0, 90.0)])
def test_the_queue_is_that_of_first_come_first_served(servers: int, closed: tuple[float, float]) -> None:
    # Quarters and halves of a second add up exactly.
    arrived = np.sort(np.random.default_rng(3).integers(0, 480, 2000)) / 4
    found = waits(arrived, servers, 0.5, closed)
    assert found.tolist() == one_by_one(arrived.tolist(), servers, 0.5, closed)
    assert found.max() > 0


def test_people_come_by_the_hour() -> None:
    came = arrivals(200_000, np.random.default_rng(5))
    by_hour = np.bincount((came // 3600).astype(int), minlength=24)
    assert len(came) == pytest.approx(200_000, rel=0.02)
    assert by_hour.argmax() == int(np.argmax(BY_HOUR))
    assert (np.diff(came) >= 0).all()


def test_needs_grow_with_the_day_and_with_what_an_interview_costs() -> None:
    small, large = load(20_000, COSTS["spoken"]), load(200_000, COSTS["spoken"])
    for part in PARTS:
        # A busier day is smoother: it needs ten times as much or a little less.
        assert 7 < large.needs[part] / small.needs[part] < 10.5
    assert load(20_000, COSTS["typed"]).needs["worker"] < small.needs["worker"]
    assert [part for part, _, _ in limits(large, COMPOSE)][0] == "lines"


def test_an_installation_that_fits_lets_nobody_wait_and_one_that_does_not_does() -> None:
    day, cost = load(100_000, COSTS["spoken"]), COSTS["spoken"]
    plant = sized(day)
    assert waits(day.reports, plant.worker, cost.worker_seconds).max() < 5
    assert waits(day.reports, 1, cost.worker_seconds).max() > 60


def test_the_page_shows_what_is_printed() -> None:
    assert tell(load(1_000_000, COSTS["spoken"]), COSTS["spoken"], 10) in SCALING.read_text()


@pytest.mark.parametrize(("kind", "row"), [("typed", "typed interview"), ("spoken", "spoken interview")])
def test_it_reckons_with_what_was_measured(kind: str, row: str) -> None:
    line = next(line for line in SCALING.read_text().splitlines() if line.startswith(f"| {row}"))
    api, worker, log, disk, transactions = (float(cell.split()[0]) for cell in line.split("|")[2:7])
    cost = COSTS[kind]
    assert (cost.api_seconds * 1000, cost.worker_seconds * 1000) == pytest.approx((api, worker))
    assert (cost.log_bytes / 1000, cost.disk_bytes / 1000, cost.transactions) == pytest.approx(
        (log, disk, transactions)
    )
