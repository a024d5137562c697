"""Tables of people, their sessions, and what proves once who somebody is: tickets, mailed links, second factors."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.accounts.types import LinkPurpose, Role, SessionKind
from core.db import Base, primary_id, word_of
from core.sealing import SealedText


class User(Base):
    __tablename__ = "users"
    __table_args__ = (CheckConstraint("role IN ('candidate', 'coach', 'admin')", name="role"),)

    id: Mapped[str] = primary_id()
    username: Mapped[str] = mapped_column(String(40), unique=True)
    """In lower case: names that differ only in case are one name."""
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(100))
    role: Mapped[Role] = mapped_column(word_of(Role, 20))
    locale: Mapped[str] = mapped_column(String(10), default="en")
    created_at: Mapped[datetime]
    email_verified_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class AuthSession(Base):
    """One login, in a browser or over the API. A row that is revoked or past its end opens nothing."""

    __tablename__ = "auth_sessions"
    __table_args__ = (
        CheckConstraint("kind IN ('browser', 'api')", name="kind"),
        Index("ix_auth_sessions_user_id_live", "user_id", postgresql_where="revoked_at IS NULL"),
    )

    id: Mapped[str] = primary_id()
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[SessionKind] = mapped_column(word_of(SessionKind, 10))
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the browser's cookie; none for an API session."""
    refresh_generation: Mapped[int] = mapped_column(default=0)
    """Counts the refresh tokens handed out; an older one that is shown again is a stolen one."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class LoginTicket(Base):
    """Proof, good once and for seconds, that the forms let somebody in: exchanged for the HttpOnly cookie."""

    __tablename__ = "login_tickets"

    ticket_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class MailedLink(Base):
    """A link that was mailed to somebody, good once. Its token is signed when it is mailed and stored nowhere."""

    __tablename__ = "mailed_links"
    __table_args__ = (
        CheckConstraint("purpose IN ('reset', 'confirm')", name="purpose"),
        Index("ix_mailed_links_user_id", "user_id"),
    )

    id: Mapped[str] = primary_id()
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[LinkPurpose] = mapped_column(word_of(LinkPurpose, 10))
    email: Mapped[str] = mapped_column(String(254))
    """Where it went: it proves nothing about an address set later."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FederatedIdentity(Base):
    """Somebody's account at an OpenID Connect provider, by which they sign in here."""

    __tablename__ = "federated_identities"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        Index("ix_federated_identities_user_id", "user_id"),
    )

    id: Mapped[str] = primary_id()
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    last_proof_at: Mapped[datetime]
    """When the last proof that let somebody in was issued: it is good once, and so is every older one."""
    created_at: Mapped[datetime]


class SecondFactor(Base):
    """Somebody's authenticator. It guards the login from the first right code on."""

    __tablename__ = "second_factors"

    id: Mapped[str] = primary_id()
    """The user's id."""
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    secret_sealed: Mapped[str] = mapped_column("secret", Text)
    recovery_hashes: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    """SHA-256 of the recovery codes that are left; each is good once."""
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The time step of the last code that was taken: no code is taken twice."""
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]

    secret = SealedText[str]()
