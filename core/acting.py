"""Whom the work at hand is done for: known where a request comes in, asked where it matters who has just written.

A holder is shared by the threads that start with its context: a route's dependency can name the caller for the route.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Acting:
    user_id: str | None = None
    wrote: bool = False
    """Whether something was written that has not been noted yet."""


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


@contextmanager
def acting(user_id: str | None = None) -> Iterator[Acting]:
    """Within the block work is done for this person, or for whoever `name` says it is."""
    holder = Acting(user_id)
    token = _acting.set(holder)
    try:
        yield holder
    finally:
        _acting.reset(token)


def name(user_id: str) -> None:
    """Say whom the present block is for; nothing outside of one."""
    if holder := _acting.get():
        holder.user_id = user_id


def name_unless_known(user_id: str) -> None:
    """Say whom the present block is for where nobody has: a job learns from the row it holds whom it serves."""
    if (holder := _acting.get()) and holder.user_id is None:
        holder.user_id = user_id


def present() -> Acting | None:
    return _acting.get()
