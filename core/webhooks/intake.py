"""Group commit: messages that wait at the same time share one transaction, and each is answered once it is durable.

A commit costs the same for one row as for fifty, so the more providers send, the less each message costs. Nothing is
promised earlier for it: whoever waits is told after the commit of the very transaction that holds message and job.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import Busy
from core.ports.errors import MalformedMessage
from core.webhooks.service import Arrival, record_all

if TYPE_CHECKING:
    from core.wiring import Greenroom

log = structlog.get_logger(__name__)

PLACES = 256
"""Requests that are in hand at once; one more is told to come back."""
WAITING_BYTES = 64_000_000
BATCH = 200
RETRY_AFTER_SECONDS = 2
COMPANY_SECONDS = 0.002
"""How long a batch waits for more to join: a transaction costs some milliseconds however little it holds, and without
this the first of a wave takes one for itself."""

Store = Callable[[Sequence[Arrival]], None]
Waiting = tuple[Arrival, "asyncio.Future[None]"]


class Intake:
    """The one writer of the inbox in this process. All methods belong to the event loop."""

    def __init__(self, store: Store, *, places: int = PLACES, waiting_bytes: int = WAITING_BYTES) -> None:
        self._store = store
        self._free = places
        self._free_bytes = waiting_bytes
        self._waiting: deque[Waiting] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "inbox")
        self._closed = False

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one place while a request is in hand. Raises: Busy before anything is read, let alone stored."""
        if self._closed or self._free == 0:
            raise Busy(retry_after_seconds=RETRY_AFTER_SECONDS)
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1

    async def put(self, arrival: Arrival) -> None:
        """Return once the message and its job are committed, or were by an earlier delivery.

        Raises: Busy, MalformedMessage, and what the database fails with; then nothing of it is stored.
        """
        size = len(arrival.raw)
        if self._closed or size > self._free_bytes:
            raise Busy(retry_after_seconds=RETRY_AFTER_SECONDS)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._free_bytes -= size
        self._waiting.append((arrival, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        try:
            await done
        finally:
            self._free_bytes += size

    async def close(self) -> None:
        """Take nothing more, and finish what was taken."""
        self._closed = True
        if self._writer is not None:
            await self._writer
        self._thread.shutdown(wait=False)

    async def _write_all(self) -> None:
        while self._waiting:
            await asyncio.sleep(COMPANY_SECONDS)
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            await self._write(batch)

    async def _write(self, batch: Sequence[Waiting]) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._store, [arrival for arrival, _ in batch])
        except (OperationalError, PoolTimeout) as exc:
            _tell(batch, exc)
        except Exception as exc:  # noqa: BLE001  whoever waits must hear of it, whatever it is
            if len(batch) == 1:
                _tell(batch, _as_told(exc, batch[0][0]))
                return
            log.warning("a message spoils its batch", error=type(exc).__name__, messages=len(batch))
            for one in batch:
                await self._write([one])
        else:
            _tell(batch, None)


def _tell(batch: Sequence[Waiting], exc: Exception | None) -> None:
    for _, done in batch:
        if done.done():
            continue
        if exc is None:
            done.set_result(None)
        else:
            done.set_exception(exc)


def _as_told(exc: Exception, arrival: Arrival) -> Exception:
    """Text no database can hold (a NUL in an id) is the sender's mistake, not ours."""
    if isinstance(exc, DataError):
        return MalformedMessage(arrival.source, "it holds what cannot be stored")
    return exc


def intake_of(greenroom: "Greenroom") -> Intake:
    def store(arrivals: Sequence[Arrival]) -> None:
        with greenroom.uow() as uow:
            record_all(uow, arrivals)

    return Intake(store)
