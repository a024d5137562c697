"""Opaque ids with a type prefix and a time-ordered body (a ULID in lower case)."""

from datetime import datetime
from typing import Literal

from ulid import ULID

Prefix = Literal[
    "usr",
    "ses",
    "int",
    "qst",
    "trn",
    "rep",
    "pay",
    "sta",
    "evt",
    "coh",
    "ntf",
    "aud",
    "gen",
    "tkt",
    "lnk",
    "led",
    "msg",
    "ovr",
    "try",
    "rev",
    "rvw",
    "cor",
    "prc",
    "fed",
    "shr",
    "nte",
    "asg",
    "crd",
    "prf",
]


def new_id(prefix: Prefix) -> str:
    return f"{prefix}_{str(ULID()).lower()}"


def first_from(moment: datetime, prefix: Prefix) -> str:
    """What no id is smaller than that was made from this moment on, and every earlier one is."""
    milliseconds = max(0, int(moment.timestamp() * 1000))
    return f"{prefix}_{str(ULID(milliseconds.to_bytes(6, 'big') + bytes(10))).lower()}"
