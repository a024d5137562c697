"""Seals everything anew under a fresh data key, while the product runs: `python -m core.rotation`.

Prints a table and exits with 1 while anything is left under an older key.
"""

import sys
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect, select

from core.crypto import Keyring
from core.keys import REFRESH_SECONDS, EnvelopeKeyring
from core.models import Base
from core.sealing import sealed_fields
from core.settings import load_settings
from core.wiring import Greenroom, build

BATCH = 200
SETTLE_SECONDS = REFRESH_SECONDS + 1
"""Until every process has seen the new key; what they seal meanwhile is found by the second pass."""
PASSES = 2


def rotate(greenroom: Greenroom, ring: EnvelopeKeyring, *, settle_seconds: float = SETTLE_SECONDS) -> dict[str, int]:
    """Seal every field and object anew. Returns how many rows of each table, and how many objects, were touched."""
    ring.rewrap()
    key_id = ring.add()
    time.sleep(settle_seconds)
    touched: dict[str, int] = {}
    for _ in range(PASSES):
        for model, fields in sealed_models():
            touched[model.__tablename__] = touched.get(model.__tablename__, 0) + _reseal(greenroom, ring, model, fields)
    touched["objects"] = greenroom.objects.reseal()
    ring.retire(but=key_id)
    return touched


def left_behind(greenroom: Greenroom, ring: Keyring) -> int:
    """Rows that hold a value under an older key."""
    with greenroom.uow() as uow:
        return sum(
            any(not _is_current(ring, getattr(row, f"{field}_sealed")) for field in fields)
            for model, fields in sealed_models()
            for row in uow.session.scalars(select(model))
        )


def sealed_models() -> Iterator[tuple[Any, list[str]]]:
    """Every table with sealed fields, and their names."""
    for mapper in Base.registry.mappers:
        fields = sealed_fields(mapper.class_)
        if fields:
            yield mapper.class_, fields


def _reseal(greenroom: Greenroom, ring: Keyring, model: Any, fields: list[str]) -> int:
    """In batches by primary key, each in a transaction of its own: nobody waits long for a row."""
    (key,) = inspect(model).primary_key
    touched, after = 0, ""
    while True:
        with greenroom.uow() as uow:
            query = select(model).where(key > after).order_by(key).limit(BATCH).with_for_update()
            rows = list(uow.session.scalars(query))
            for row in rows:
                stale = [f for f in fields if not _is_current(ring, getattr(row, f"{f}_sealed"))]
                for field in stale:
                    setattr(row, field, getattr(row, field))
                touched += bool(stale)
        if len(rows) < BATCH:
            return touched
        after = getattr(rows[-1], key.key)


def _is_current(ring: Keyring, stored: Any) -> bool:
    """Whether a stored value, in any of its forms, is under the newest key; nothing at all is."""
    match stored:
        case None:
            return True
        case {"sealed": text}:
            return ring.is_current(text)
        case list():
            return all(ring.is_current(text) for text in stored)
        case str():
            return ring.is_current(stored)
        case _:
            return ring.is_current(bytes(stored)[:64].decode(errors="replace"))


def main() -> int:
    greenroom = build(load_settings())
    ring = greenroom.keyring
    if not isinstance(ring, EnvelopeKeyring):
        raise TypeError("the product is built over data keys")
    touched = rotate(greenroom, ring)
    for name, count in sorted(touched.items()):
        sys.stdout.write(f"{name:28} {count:>8}\n")
    left = left_behind(greenroom, ring)
    sys.stdout.write(f"{'left under an older key':28} {left:>8}\n")
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
