"""Group commit: messages that wait at the same time share one transaction, and each is answered once it is durable.

A commit costs the same for one row as for fifty, so the more providers send, the less each message costs. Nothing is
promised earlier for it: whoever waits is told after the commit of the very transaction that holds message and job.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import Context
from typing import TYPE_CHECKING

import structlog
from psycopg import DataError, OperationalError

from core.db import LoopConnection
from core.errors import Busy
from core.ports.errors import MalformedMessage
from core.webhooks.service import Arrival, store

if TYPE_CHECKING:
    from core.wiring import Greenroom

log = structlog.get_logger(__name__)

PLACES = 256
"""Requests that are in hand at once; one more is told to come back."""
BYTES_IN_HAND = 64_000_000
"""Of all bodies that are read, checked or waiting, by what they announce."""
BATCH = 16
"""So many are always committed together if they wait; of more in hand, half of them."""
BATCH_BYTES = 8_000_000
"""No more in one batch, but for a message that is larger: copies of all of it are made on the way to the database."""
RETRY_AFTER_SECONDS = 2

Store = Callable[[Sequence[Arrival]], Awaitable[None]]
Waiting = tuple[Arrival, "asyncio.Future[None]"]


class Intake:
    """The one writer of the inbox in this process. All methods belong to the event loop."""

    def __init__(self, store: Store, *, places: int = PLACES, bytes_in_hand: int = BYTES_IN_HAND) -> None:
        self._store = store
        self._places = places
        self._in_hand = 0
        self._free_bytes = bytes_in_hand
        self._waiting: deque[Waiting] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    def has_room(self, size: int) -> bool:
        """Whether one more request, with a body of so many bytes at most, can be taken in hand."""
        return not self._closed and self._in_hand < self._places and size <= self._free_bytes

    @contextmanager
    def place(self, size: int) -> Iterator[None]:
        """Hold one place and so many bytes while a request is in hand.

        Raises: Busy before anything is read, let alone stored.
        """
        if not self.has_room(size):
            raise Busy(retry_after_seconds=RETRY_AFTER_SECONDS)
        self._in_hand += 1
        self._free_bytes -= size
        try:
            yield
        finally:
            self._in_hand -= 1
            self._free_bytes += size

    async def put(self, arrival: Arrival) -> None:
        """Return once the message and its job are committed, or were by an earlier delivery.

        Raises: Busy, MalformedMessage, and what the database fails with; then nothing of it is stored.
        """
        if self._closed:
            raise Busy(retry_after_seconds=RETRY_AFTER_SECONDS)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, done))
        if self._writer is None or self._writer.done():
            # In a context of its own: it outlives the request that starts it, whose id is not that of the others.
            self._writer = asyncio.create_task(self._write_all(), context=Context())
        await done

    async def close(self) -> None:
        """Take nothing more, and finish what was taken."""
        self._closed = True
        if self._writer is not None:
            await self._writer

    async def _write_all(self) -> None:
        while self._waiting:
            most = max(BATCH, self._in_hand // 2)  # the other half is read and answered while this one is committed
            await self._write(self._next(most))

    def _next(self, most: int) -> list[Waiting]:
        batch = [self._waiting.popleft()]
        size = len(batch[0][0].raw)
        while self._waiting and len(batch) < most:
            size += len(self._waiting[0][0].raw)
            if size > BATCH_BYTES:
                break
            batch.append(self._waiting.popleft())
        return batch

    async def _write(self, batch: Sequence[Waiting]) -> None:
        try:
            await self._store([arrival for arrival, _ in batch])
        except OperationalError as exc:
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


@asynccontextmanager
async def intake_of(greenroom: "Greenroom") -> AsyncIterator[Intake]:
    """The intake of this process, over a connection of its own; what it has taken is finished at the end."""
    connection = LoopConnection(greenroom.settings.sqlalchemy_url)
    intake = Intake(lambda arrivals: store(connection, arrivals, greenroom.clock()))
    try:
        yield intake
    finally:
        await intake.close()
        await connection.close()
