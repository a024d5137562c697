"""Access, refresh and link tokens: JWTs signed with HS256. Each dies with the row that it names."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from core.accounts.errors import NotSignedIn
from core.accounts.types import Role

ISSUER, ACCESS_AUDIENCE, REFRESH_AUDIENCE, LINK_AUDIENCE = (
    "greenroom",
    "greenroom-api",
    "greenroom-refresh",
    "greenroom-link",
)
ALGORITHM = "HS256"


@dataclass(frozen=True)
class AccessClaims:
    user_id: str
    session_id: str


@dataclass(frozen=True)
class RefreshClaims:
    user_id: str
    session_id: str
    generation: int


def issue_access(secret: str, *, user_id: str, role: Role, session_id: str, now: datetime, minutes: int) -> str:
    claims = {"sub": user_id, "role": role.value, "sid": session_id}
    return _sign(secret, claims, now, timedelta(minutes=minutes), ACCESS_AUDIENCE)


def issue_refresh(secret: str, *, user_id: str, session_id: str, generation: int, now: datetime, days: int) -> str:
    claims = {"sub": user_id, "sid": session_id, "gen": generation}
    return _sign(secret, claims, now, timedelta(days=days), REFRESH_AUDIENCE)


def read_access(secret: str, token: str) -> AccessClaims:
    """Raises: NotSignedIn."""
    claims = _read(secret, token, ACCESS_AUDIENCE)
    return AccessClaims(str(claims["sub"]), str(claims["sid"]))


def read_refresh(secret: str, token: str) -> RefreshClaims:
    """Raises: NotSignedIn."""
    claims = _read(secret, token, REFRESH_AUDIENCE)
    generation = claims.get("gen")
    if not isinstance(generation, int):
        raise NotSignedIn
    return RefreshClaims(str(claims["sub"]), str(claims["sid"]), generation)


def issue_link(secret: str, *, link_id: str, user_id: str, now: datetime, life: timedelta) -> str:
    """What a mailed link carries. `sid` names the link's row."""
    return _sign(secret, {"sub": user_id, "sid": link_id}, now, life, LINK_AUDIENCE)


def read_link(secret: str, token: str) -> str:
    """The id of the link's row. Raises: NotSignedIn."""
    return str(_read(secret, token, LINK_AUDIENCE)["sid"])


def _sign(secret: str, claims: dict[str, Any], now: datetime, life: timedelta, audience: str) -> str:
    full = {**claims, "iat": now, "exp": now + life, "iss": ISSUER, "aud": audience}
    return jwt.encode(full, secret, algorithm=ALGORITHM)


def _read(secret: str, token: str, audience: str) -> dict[str, Any]:
    try:
        return jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=ISSUER,
            options={"require": ["sub", "sid", "exp", "iat", "iss", "aud"]},
        )
    except jwt.InvalidTokenError as exc:
        raise NotSignedIn from exc
