"""Keyset pages: a cursor is the last id of the page before, opaque to the reader."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.errors import FieldProblem
from core.i18n import N_

T = TypeVar("T")
MAX_LIMIT = 100
_ID = re.compile(r"[a-z]{3}_[0-9a-z]{26}")


@dataclass(frozen=True)
class Page(Generic[T]):
    items: tuple[T, ...]
    next_cursor: str | None


def encode_cursor(last_id: str) -> str:
    return base64.urlsafe_b64encode(last_id.encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> str | None:
    """The id a cursor stands for, None for the first page. Raises: FieldProblem where it is no cursor of ours."""
    last_id = decode_key(cursor)
    if last_id is not None and not _ID.fullmatch(last_id):
        raise _not_ours()
    return last_id


def decode_key(cursor: str | None) -> str | None:
    """The key a cursor stands for where rows have no id of ours. Raises: FieldProblem where it is no cursor."""
    if not cursor:
        return None
    try:
        key = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as exc:
        raise _not_ours() from exc
    if not key.isprintable():
        raise _not_ours()
    return key


def _not_ours() -> FieldProblem:
    return FieldProblem("cursor", N_("This is no cursor that we gave out."))


def page_of(items: list[T], limit: int, id_of: Callable[[T], str]) -> Page[T]:
    """Cut a list read with `limit + 1` into a page. `id_of` gives an item's id."""
    shown = items[:limit]
    more = len(items) > limit
    return Page(tuple(shown), encode_cursor(id_of(shown[-1])) if more and shown else None)
