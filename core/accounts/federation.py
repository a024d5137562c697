"""Signing in with an account elsewhere (OpenID Connect), mapped to a person and a session of our own.

The provider's proof opens our session once: Streamlit keeps it in a cookie for a month and knows of no sign-out, so
a proof that was used, or is older than minutes, opens nothing.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from sqlalchemy.dialects.postgresql import insert

from core.accounts import passwords, repo
from core.accounts.errors import AddressNotProven, NotSignedIn
from core.accounts.models import FederatedIdentity, User
from core.accounts.rules import normal_email, normal_name
from core.accounts.types import Role
from core.db import Uow
from core.ids import new_id

FRESH_FOR = timedelta(minutes=10)
_NO_NAME = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True)
class Proof:
    """What the provider says of somebody, its signature checked by whoever received it."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str
    issued_at: datetime

    @classmethod
    def of_claims(cls, claims: Mapping[str, Any]) -> Self | None:
        """From the claims of an id token. None where one that is needed is missing or of another kind."""
        issuer, subject, email, at = (claims.get(name) for name in ("iss", "sub", "email", "iat"))
        if not all(isinstance(value, str) and value for value in (issuer, subject, email)):
            return None
        if isinstance(at, bool) or not isinstance(at, int | float):
            return None
        return cls(
            issuer=str(issuer),
            subject=str(subject),
            email=str(email),
            email_verified=claims.get("email_verified") is True,
            name=str(claims.get("name") or ""),
            issued_at=datetime.fromtimestamp(at, UTC),
        )


def sign_in_with(uow: Uow, proof: Proof) -> str:
    """The id of the person a proof belongs to, whose account is opened at the first time.

    Only an address that the provider has verified is taken, and an account that is here already is joined only if its
    own address is confirmed: whoever opened it with somebody else's address must not share their account.

    Raises: NotSignedIn (used, old, or the account is closed), AddressNotProven, FieldProblem.
    """
    if not uow.now - FRESH_FOR < proof.issued_at < uow.now + FRESH_FOR:
        raise NotSignedIn
    known = repo.lock_identity(uow, proof.issuer, proof.subject)
    if known is None:
        return _first_time(uow, proof)
    if proof.issued_at <= known.last_proof_at:
        raise NotSignedIn
    user = repo.user_by_id(uow, known.user_id)
    if user is None or user.disabled_at:
        raise NotSignedIn
    known.last_proof_at = proof.issued_at
    return user.id


def _first_time(uow: Uow, proof: Proof) -> str:
    address = normal_email(proof.email)
    if not proof.email_verified:
        raise AddressNotProven
    user = repo.user_by_email(uow, address)
    if user is None:
        user = _open_account(uow, proof, address)
    elif user.email_verified_at is None or user.disabled_at:
        raise AddressNotProven
    statement = (
        insert(FederatedIdentity)
        .values(
            id=new_id("fed"),
            user_id=user.id,
            issuer=proof.issuer,
            subject=proof.subject,
            last_proof_at=proof.issued_at,
            created_at=uow.now,
        )
        .on_conflict_do_nothing(index_elements=["issuer", "subject"])
        .returning(FederatedIdentity.id)
    )
    if uow.session.scalar(statement) is None:
        raise NotSignedIn
    return user.id


def _open_account(uow: Uow, proof: Proof, address: str) -> User:
    local = _NO_NAME.sub("", address.partition("@")[0])[:24].strip("._-") or "user"
    user = User(
        id=new_id("usr"),
        username=f"{local}-{secrets.token_hex(4)}",
        email=address,
        name=normal_name(proof.name or local)[:120],
        # It is set by the link that is mailed for a password that was forgotten.
        password_hash=passwords.NONE,
        role=Role.CANDIDATE,
        locale="en",
        created_at=uow.now,
        email_verified_at=uow.now,
    )
    uow.session.add(user)
    uow.session.flush()
    return user
