"""A second factor by time-based codes (RFC 6238), for those who see other people's data; recovery codes with it.

No code is taken twice, and tries are counted only after the password was right, so nobody is locked out by others.
"""

import hashlib
import io
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyotp
import segno

from core.accounts import repo
from core.accounts.errors import BadCode, SecondFactorNeeded
from core.accounts.models import SecondFactor
from core.accounts.policy import require_coach
from core.accounts.types import Actor
from core.db import Uow
from core.errors import NotFound
from core.privacy.audit import Action, note

if TYPE_CHECKING:
    from core.wiring import Greenroom

ISSUER = "Greenroom"
RECOVERY_CODES = 10
WINDOW_STEPS = 1
"""Codes of the step before and after are taken too: clocks differ."""


@dataclass(frozen=True)
class Enrolment:
    """What is shown once, while an authenticator is being set up."""

    secret: str
    """Base32, to type where the picture cannot be read."""
    uri: str
    picture: bytes
    """The same as a QR code, PNG."""
    recovery_codes: tuple[str, ...]


def is_on(uow: Uow, user_id: str) -> bool:
    """Whether a code is asked for at each login."""
    kept = repo.second_factor(uow, user_id)
    return kept is not None and kept.confirmed_at is not None


def enrol(uow: Uow, actor: Actor) -> Enrolment:
    """Begin: a new secret, which guards nothing until `confirm`. Raises: Forbidden, BadCode where one is on already."""
    require_coach(actor)
    kept = repo.lock_second_factor(uow, actor.user_id)
    if kept is not None and kept.confirmed_at is not None:
        raise BadCode
    if kept is None:
        kept = SecondFactor(id=actor.user_id, user_id=actor.user_id, recovery_hashes=[], last_step=0)
        uow.session.add(kept)
    codes = tuple(f"{secrets.randbelow(10**5):05d}-{secrets.randbelow(10**5):05d}" for _ in range(RECOVERY_CODES))
    kept.secret = pyotp.random_base32()
    kept.recovery_hashes = [_digest(code) for code in codes]
    kept.created_at = uow.now
    uri = pyotp.TOTP(kept.secret).provisioning_uri(name=actor.username, issuer_name=ISSUER)
    return Enrolment(kept.secret, uri, _picture(uri), codes)


def confirm(greenroom: "Greenroom", actor: Actor, code: str) -> None:
    """Turn it on with a first right code. Raises: NotFound, BadCode, TooManyRequests."""
    greenroom.rates.hit("second_factor", actor.user_id)
    with greenroom.uow() as uow:
        kept = repo.lock_second_factor(uow, actor.user_id)
        if kept is None or kept.confirmed_at is not None:
            raise NotFound("authenticator")
        _take(uow, kept, code)
        kept.confirmed_at = uow.now
        repo.revoke_all(uow, actor.user_id, but=actor.session_id)
        note(uow, actor, Action.SECOND_FACTOR_ON, actor.user_id)


def turn_off(greenroom: "Greenroom", actor: Actor, code: str) -> None:
    """Go without, proven by one more code. Raises: NotFound, BadCode, TooManyRequests."""
    greenroom.rates.hit("second_factor", actor.user_id)
    with greenroom.uow() as uow:
        kept = repo.lock_second_factor(uow, actor.user_id)
        if kept is None or kept.confirmed_at is None:
            raise NotFound("authenticator")
        _take(uow, kept, code)
        uow.session.delete(kept)
        note(uow, actor, Action.SECOND_FACTOR_OFF, actor.user_id)


def check(greenroom: "Greenroom", user_id: str, code: str | None) -> None:
    """What a login needs beside the right password; nothing where no second factor is on.

    Raises: SecondFactorNeeded without a code, BadCode, TooManyRequests.
    """
    with greenroom.uow() as uow:
        if not is_on(uow, user_id):
            return
    if not code:
        raise SecondFactorNeeded
    greenroom.rates.hit("second_factor", user_id)
    with greenroom.uow() as uow:
        kept = repo.lock_second_factor(uow, user_id)
        if kept is not None:
            _take(uow, kept, code)


def _take(uow: Uow, kept: SecondFactor, code: str) -> None:
    """Spend a code of the authenticator or a recovery code. Raises: BadCode."""
    given = "".join(code.split()).replace("-", "")
    recovery = _digest(f"{given[:5]}-{given[5:]}")
    if recovery in kept.recovery_hashes:
        kept.recovery_hashes = [left for left in kept.recovery_hashes if left != recovery]
        return
    totp = pyotp.TOTP(kept.secret)
    now = int(uow.now.timestamp()) // totp.interval
    for step in range(now - WINDOW_STEPS, now + WINDOW_STEPS + 1):
        if step > kept.last_step and secrets.compare_digest(totp.generate_otp(step).encode(), given.encode()):
            kept.last_step = step
            return
    raise BadCode


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _picture(uri: str) -> bytes:
    written = io.BytesIO()
    segno.make(uri, error="m").save(written, kind="png", scale=5, border=4)
    return written.getvalue()
