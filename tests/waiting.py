"""Waiting for what other processes and threads are about to do."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


def until(
    look: Callable[[], T | None], what: str = "it", *, seconds: float = 30, despite: type[Exception] | None = None
) -> T:
    """What `look` returns once that is truthy; an exception `despite` which to wait counts as not yet.

    Raises: AssertionError when it does not come about in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        with suppress(*([despite] if despite else [])):
            if found := look():
                return found
        assert time.monotonic() < deadline, f"{what} did not come about in {seconds:g} s"
        time.sleep(0.02)
