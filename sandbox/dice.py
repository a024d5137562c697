"""Choices that vary but repeat: the same seed always gives the same choice, so a run can be compared with the last."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_SPAN = 2**64


def share(*seed: object) -> float:
    """0 up to 1, decided by the seed alone."""
    text = "\x1f".join(str(part) for part in seed)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") / _SPAN


def between(low: float, high: float, *seed: object) -> float:
    return low + (high - low) * share(*seed)


def pick(options: Sequence[T], *seed: object) -> T:
    return options[int(share(*seed) * len(options))]


def shuffled(options: Sequence[T], *seed: object) -> list[T]:
    order = sorted(range(len(options)), key=lambda at: share(*seed, at))
    return [options[at] for at in order]
