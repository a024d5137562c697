"""Doing once what a form asks for, however often it is clicked.

A second click waits while the first is at work, cuts its run off at the next call into Streamlit, and brings the same
form again.
"""

import hashlib
from collections.abc import Callable
from typing import TypeVar

from ui import state

T = TypeVar("T")


def once(form: str, sent: tuple[object, ...], do: Callable[[], T]) -> T:
    """Do it and return what came of it; the same form sent again returns that and does nothing.

    Only the last thing done is known: what was sent before another is done anew. `forget` ends it.

    Raises: what `do` raises, and then nothing is known to be done.
    """
    done = state.done(form)
    digest = hashlib.sha256(repr(sent).encode()).hexdigest()
    if digest not in done:
        result = do()
        # In place: no call into Streamlit, so a second click cannot interrupt between the deed and this note.
        done.clear()
        done[digest] = result
    came: T = done[digest]
    return came


def is_done(form: str) -> bool:
    """Whether this form has done something since it was last drawn without a click."""
    return bool(state.done(form))


def forget(form: str) -> None:
    """The form is drawn without a click: what is sent next is meant, even if it is the same."""
    state.done(form).clear()
