"""Reports: how long from the end of a call until one is on the screen, how much of it is ours, and how many a worker
writes."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from bench.apps import AppServer
from bench.chaos import Lost, Person
from bench.people import actor_named, cookie_of
from bench.product import ROOT, NotStarted, Product
from bench.table import Detail, Findings, Row
from bench.visitor import Run, Visitor
from core.wiring import Greenroom

PATIENCE_SECONDS = 120.0
START_SECONDS = 60.0
POLLED_SECONDS = 10.0
"""A part of a screen that runs more often than this waits for something; the heartbeat does not."""
AT_ONCE = 3
OVER = "SELECT count(*) FROM interview_sessions WHERE id = ANY(:ids) AND status IN ('processing', 'completed')"
UNREAD = "SELECT count(*) FROM webhook_events WHERE type = 'end-of-call-report' AND status = 'received'"
WRITTEN = "SELECT count(*) FROM interview_reports WHERE session_id = ANY(:ids)"

Span = tuple[float, float]


@dataclass(frozen=True)
class Delivery:
    """One interview: when its call had ended for us, when its report was on the screen, both as seconds since 1970."""

    ended: float
    shown: float
    providers: float
    """Seconds between the two in which a provider had a question of ours."""

    @property
    def whole(self) -> float:
        return self.shown - self.ended

    @property
    def ours(self) -> float:
        return self.whole - self.providers


@contextmanager
def working(environment: Mapping[str, str]) -> Iterator[None]:
    """A worker in a process of its own. Raises: NotStarted."""
    ready = Path(environment["GREENROOM_WORKER_READY_FILE"])
    ready.unlink(missing_ok=True)
    ready.parent.mkdir(exist_ok=True, parents=True)
    process = subprocess.Popen(
        [sys.executable, "worker.py"], cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + START_SECONDS
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise NotStarted("the worker did not start")
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@dataclass(frozen=True)
class Lengths:
    """How many calls, and how long an answer of a slow model takes: a real one about 4 s for a page of text."""

    quick: int
    slow: int
    model_ms: int
    backlog: int


def measure(product: Product, greenroom: Greenroom, app: AppServer, lengths: Lengths) -> Findings:
    """The backlog has ended before the worker starts; then calls one after another, with a model that answers at once
    and with a slow one."""
    sessions = _ended_unread(product, greenroom, lengths.backlog)
    with working(product.environment()):
        each_second = _throughput(greenroom, sessions)
        _deliver(product, greenroom, app)  # What is imported at the first one is nobody's wait.
        quick = [_deliver(product, greenroom, app) for _ in range(lengths.quick)]
        with _slow_model(product, lengths.model_ms):
            real = [_deliver(product, greenroom, app) for _ in range(lengths.slow)]
    return Findings(
        rows=[
            Row("report", "our own share, end of call to screen: p95 (s)", _percentile([d.ours for d in quick + real]),
                1.0, "at most"),
            Row("report", "the whole, model at once: p95 (s)", _percentile([d.whole for d in quick]), None),
            Row("report", f"the whole, model at {lengths.model_ms / 1000:g} s an answer: p95 (s)",
                _percentile([d.whole for d in real]), None),
            Row("report", "reports a second, one worker, model at once", each_second, None),
        ],
        details=[
            Detail("report", "From the end of a call to the report on the screen, seconds", HEAD,
                   (_line("model at once", quick), _line(f"model at {lengths.model_ms / 1000:g} s", real)))
        ],
    )  # fmt: skip


HEAD = ("calls", "number", "whole, p50", "whole, p95", "ours, p50", "ours, p95")


def _line(name: str, found: Sequence[Delivery]) -> tuple[str, ...]:
    whole, ours = [d.whole for d in found], [d.ours for d in found]
    cells = (_percentile(whole, 0.5), _percentile(whole), _percentile(ours, 0.5), _percentile(ours))
    return (name, str(len(found)), *(f"{seconds:.2f}" for seconds in cells))


def _percentile(values: Sequence[float], share: float = 0.95) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def _slow_model(product: Product, model_ms: int) -> Iterator[None]:
    fault = {"provider": "gemini", "fault": "timeout", "delayMs": model_ms}
    with httpx.Client(base_url=f"{product.sandbox}/_control", timeout=20) as control:
        control.post("/faults", json=fault).raise_for_status()
        yield
        control.delete("/faults").raise_for_status()


def _deliver(product: Product, greenroom: Greenroom, app: AppServer) -> Delivery:
    person = Person(product)
    person.sign_up()
    session_id, shown = asyncio.run(_watch(greenroom, app, person))
    ended = _ended(greenroom, session_id)
    return Delivery(ended, shown, covered(_model_spans(product), ended, shown))


async def _watch(greenroom: Greenroom, app: AppServer, person: Person) -> tuple[str, float]:
    """Have a page open through the whole call, as a browser does, and sit on the report's screen until the report is
    there; the interview's screen sends them there when the call ends. Raises: Lost, TimeoutError."""
    visitor = Visitor(app.port, cookie_of(greenroom, actor_named(greenroom, person.name)))
    await visitor.arrive()
    session_id = await asyncio.to_thread(person.be_interviewed, "voice")
    await asyncio.to_thread(_until, greenroom, OVER, {"ids": [session_id]}, 1)
    async with asyncio.timeout(PATIENCE_SECONDS):
        run = await visitor.open("report", session=session_id)
        while (timer := _impatient(run)) is not None:
            run = await visitor.wait_for(*timer)
    await visitor.leave()
    if run.failed or not run.words:
        raise Lost(f"{session_id}: {run.failed or 'an empty screen'}")
    return session_id, time.time()


def _impatient(run: Run) -> tuple[str, float] | None:
    return next((timer for timer in run.timers.items() if timer[1] < POLLED_SECONDS), None)


def _ended(greenroom: Greenroom, session_id: str) -> float:
    """When the provider's last word about the call was in the inbox."""
    query = text("SELECT max(received_at) FROM webhook_events WHERE session_id = :id AND type = 'end-of-call-report'")
    with greenroom.engine.connect() as connection:
        at: datetime = connection.execute(query, {"id": session_id}).scalar_one()
    return at.timestamp()


def _model_spans(product: Product) -> list[Span]:
    asked = httpx.get(f"{product.sandbox}/_control/requests", params={"provider": "gemini", "limit": 100}, timeout=30)
    return [
        (datetime.fromisoformat(entry["at"]).timestamp(), datetime.fromisoformat(entry["answeredAt"]).timestamp())
        for entry in asked.raise_for_status().json()["requests"]
        if entry["answeredAt"]
    ]


def covered(spans: Sequence[Span], start: float, end: float) -> float:
    """Seconds between `start` and `end` that lie in at least one span."""
    total, reached = 0.0, start
    for begins, ends in sorted(spans):
        total += max(0.0, min(ends, end) - max(begins, reached))
        reached = max(reached, min(ends, end))
    return total


def _ended_unread(product: Product, greenroom: Greenroom, backlog: int) -> list[str]:
    """So many calls that ended while no worker is there."""
    with ThreadPoolExecutor(AT_ONCE) as people:
        sessions = list(people.map(lambda _: Person(product).be_interviewed("voice"), range(backlog)))
    _until(greenroom, UNREAD, {}, backlog)
    return sessions


def _throughput(greenroom: Greenroom, sessions: Sequence[str]) -> float:
    """Reports a second that a worker writes of those that wait for it."""
    _until(greenroom, WRITTEN, {"ids": sessions}, len(sessions))
    query = text("SELECT min(generated_at), max(generated_at) FROM interview_reports WHERE session_id = ANY(:ids)")
    with greenroom.engine.connect() as connection:
        first, last = connection.execute(query, {"ids": sessions}).one()
    return float((len(sessions) - 1) / max((last - first).total_seconds(), 1e-3))


def _until(greenroom: Greenroom, query: str, values: Mapping[str, Any], count: int) -> None:
    """Raises: TimeoutError."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with greenroom.engine.connect() as connection:
            if connection.execute(text(query), values).scalar_one() >= count:
                return
        if time.monotonic() > deadline:
            raise TimeoutError(query)
        time.sleep(0.02)
