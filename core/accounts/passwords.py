"""Hashing of passwords by bcrypt. A check takes the same time whether the user exists or not."""

from functools import lru_cache

import bcrypt

COST = 12
NONE = ""
"""What stands for the hash of an account that has no password yet: nothing matches it."""
MAX_BYTES = 72


def hash_password(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(COST)).decode()


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hash_password("nobody has this password")


def matches(password: str, password_hash: str | None) -> bool:
    """None stands for an unknown user, NONE for one without a password: the work is done all the same."""
    given = password.encode()
    if len(given) > MAX_BYTES:
        given = b"\x00" * MAX_BYTES
        password_hash = None
    return bcrypt.checkpw(given, (password_hash or _nobody()).encode()) and bool(password_hash)
