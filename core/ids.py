"""Opaque ids with a type prefix and a time-ordered body (a ULID in lower case)."""

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
]


def new_id(prefix: Prefix) -> str:
    return f"{prefix}_{str(ULID()).lower()}"
