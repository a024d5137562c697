"""The inbox from where there is no event loop: a measurement or a test puts messages into it as the API does."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Self

from core.db import LoopConnection
from core.webhooks.service import Arrival, store
from core.wiring import Greenroom


class Inbox:
    """A loop in a thread of its own, since the caller's may have one that is busy. A context manager that closes it."""

    def __init__(self, greenroom: Greenroom) -> None:
        self._greenroom = greenroom
        self._connection = LoopConnection(greenroom.settings.sqlalchemy_url)
        self._thread = ThreadPoolExecutor(1, "inbox")
        self._loop = self._thread.submit(asyncio.Runner).result()

    def put(self, arrivals: Sequence[Arrival]) -> None:
        """Raises what `store` raises."""
        self._thread.submit(self._loop.run, store(self._connection, arrivals, self._greenroom.clock())).result()

    def close(self) -> None:
        self._thread.submit(self._loop.run, self._connection.close()).result()
        self._thread.submit(self._loop.close).result()
        self._thread.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
