"""Garbage collection of a process that serves: what it loaded at its start is not looked through again and again."""

import gc

YOUNG = 20_000
"""Objects that are made before the young ones are looked at. A request has some hundred that live as long as it does:
looked at after every 700, as Python comes, most of them are found alive, several times over."""


def keep_what_is_loaded() -> None:
    """Leave everything that is there now out of every later collection. Called once, when the start is done."""
    gc.collect()
    gc.freeze()


def collect_seldom() -> None:
    """For a process with many requests in hand at once."""
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
