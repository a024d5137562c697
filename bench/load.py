"""Requests over many connections, as cheaply as Python sends them: what is measured is the server.

A client that costs as much as the server would hide what the server costs, so this one writes prepared bytes.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

import uvloop

Make = Callable[[], bytes]


@dataclass
class Seen:
    """What came back within a time: seconds each answer took, how many of each status."""

    seconds: float = 0.0
    taken: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    cpu_seconds: float = 0.0
    """Of the server, where it was looked at."""

    @property
    def cpu_each(self) -> float:
        """Seconds of the server's processor an answer costs: what other work on the machine changes least."""
        return self.cpu_seconds / self.statuses.total()

    @property
    def rate(self) -> float:
        return self.statuses[200] / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.taken)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def add(self, other: "Seen") -> None:
        self.seconds += other.seconds
        self.taken += other.taken
        self.statuses += other.statuses
        self.cpu_seconds += other.cpu_seconds


def request(method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    told = {"Host": "127.0.0.1", **(headers or {}), "Content-Length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def closed(port: int, make: Make, *, connections: int, seconds: float) -> Seen:
    """Each connection sends its next request when the last is answered."""
    return uvloop.run(_closed(port, make, connections, seconds))


def opened(port: int, make: Make, *, each_second: float, connections: int, seconds: float) -> Seen:
    """Requests come at their own pace, however slow the answers are; a request that finds no free connection waits,
    and its waiting counts."""
    return uvloop.run(_opened(port, make, each_second, connections, seconds))


class _Connection(asyncio.Protocol):
    """One connection that is kept. Asks one thing at a time; what comes back is read as far as its length says."""

    def __init__(self) -> None:
        self._got = bytearray()
        self._answered: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if len(body) >= length and self._answered is not None:
            self._got.clear()
            self._answered.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc or ConnectionResetError("closed before it answered"))

    async def ask(self, raw: bytes, seen: Seen, since: float) -> None:
        """Send a request, and note when (since `since`) and how it was answered. Raises: ConnectionError."""
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(raw)
        status = await self._answered
        seen.taken.append(time.perf_counter() - since)
        seen.statuses[status] += 1

    def close(self) -> None:
        self._transport.close()


async def _connected(port: int) -> _Connection:
    _, connection = await asyncio.get_running_loop().create_connection(_Connection, "127.0.0.1", port)
    return connection


async def _closed(port: int, make: Make, connections: int, seconds: float) -> Seen:
    seen, end = Seen(seconds), time.perf_counter() + seconds

    async def one() -> None:
        connection = await _connected(port)
        while time.perf_counter() < end:
            await connection.ask(make(), seen, time.perf_counter())
        connection.close()

    started = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    seen.seconds = time.perf_counter() - started
    return seen


async def _opened(port: int, make: Make, each_second: float, connections: int, seconds: float) -> Seen:
    seen, due = Seen(), asyncio.Queue[float | None]()

    async def one() -> None:
        connection = await _connected(port)
        while (since := await due.get()) is not None:
            await connection.ask(make(), seen, since)
        connection.close()

    workers = [asyncio.create_task(one()) for _ in range(connections)]
    started = time.perf_counter()
    for number in range(int(each_second * seconds)):
        at = started + number / each_second
        if (early := at - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        due.put_nowait(at)
    for _ in workers:
        due.put_nowait(None)
    await asyncio.gather(*workers)
    seen.seconds = time.perf_counter() - started
    return seen
