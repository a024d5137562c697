"""Accounts and sessions. One table of sessions serves browser and API: what is revoked is revoked everywhere."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from core.accounts import passwords, repo, tokens
from core.accounts.errors import BadCredentials, NotSignedIn, UsernameOrEmailTaken
from core.accounts.models import AuthSession, LoginTicket, User
from core.accounts.rules import check_new_password, normal_email, normal_name, normal_username
from core.accounts.types import AccountView, Actor, Role, SessionKind
from core.db import Uow
from core.errors import FieldProblem
from core.i18n import ENGLISH, LANGUAGES, N_, known, language
from core.ids import new_id
from core.settings import Settings

if TYPE_CHECKING:
    from core.wiring import Greenroom

TICKET_SECONDS = 30
BROWSER_DAYS = 14


@dataclass(frozen=True)
class TokenPair:
    access: str
    refresh: str
    expires_in: int
    """Seconds."""
    role: Role


def register(uow: Uow, *, username: str, email: str, name: str, password: str, role: Role = Role.CANDIDATE) -> User:
    """Open an account. The work is the same whether the name or the address is taken.

    Raises: FieldProblem, UsernameOrEmailTaken.
    """
    login, address, shown = normal_username(username), normal_email(email), normal_name(name)
    check_new_password(password, username=login)
    password_hash = passwords.hash_password(password)
    if repo.is_taken(uow, login, address):
        raise UsernameOrEmailTaken
    user = User(
        id=new_id("usr"),
        username=login,
        email=address,
        name=shown,
        password_hash=password_hash,
        role=role,
        locale=language(),
        created_at=uow.now,
    )
    uow.session.add(user)
    try:
        uow.session.flush()
    except IntegrityError as exc:
        raise UsernameOrEmailTaken from exc
    return user


def check_password(greenroom: "Greenroom", username: str, password: str, *, address: str) -> User:
    """Who this is. Tries are counted by user and address together, so nobody locks somebody else out.

    A try is counted before it is judged: many at the same instant are no way round the limit. A right one wipes the
    count out.

    Raises: BadCredentials, TooManyRequests.
    """
    login = username.strip().lower()[:254]
    greenroom.rates.hit("login", login, address)
    greenroom.rates.check("login_address", address)
    with greenroom.uow() as uow:
        user = repo.user_by_username(uow, login)
    if not passwords.matches(password, user.password_hash if user else None) or user is None or user.disabled_at:
        greenroom.rates.hit("login_address", address)
        raise BadCredentials
    greenroom.rates.forgive("login", login, address)
    return user


def open_api_session(uow: Uow, user: User, settings: Settings) -> TokenPair:
    session = AuthSession(
        id=new_id("ses"),
        user_id=user.id,
        kind=SessionKind.API,
        refresh_generation=1,
        created_at=uow.now,
        expires_at=uow.now + timedelta(days=settings.refresh_token_days),
    )
    uow.session.add(session)
    uow.session.flush()
    return _pair(uow, user, session, settings)


def refresh(greenroom: "Greenroom", refresh_token: str) -> TokenPair:
    """New tokens for a refresh token, which is spent by it. One that is shown again ends the whole session.

    Raises: NotSignedIn.
    """
    settings = greenroom.settings
    claims = tokens.read_refresh(settings.jwt_secret.get_secret_value(), refresh_token)
    with greenroom.uow() as uow:
        session = repo.lock_session(uow, claims.session_id)
        live = repo.live_session(uow, claims.session_id)
        reused = session is not None and session.refresh_generation != claims.generation
        if session is not None and reused:
            repo.revoke(uow, session.id)
        elif session is not None and live is not None:
            session.refresh_generation += 1
            uow.session.flush()
            return _pair(uow, live[1], session, settings)
    raise NotSignedIn


def _pair(uow: Uow, user: User, session: AuthSession, settings: Settings) -> TokenPair:
    secret = settings.jwt_secret.get_secret_value()
    role = Role(user.role)
    return TokenPair(
        access=tokens.issue_access(
            secret,
            user_id=user.id,
            role=role,
            session_id=session.id,
            now=uow.now,
            minutes=settings.access_token_minutes,
        ),
        refresh=tokens.issue_refresh(
            secret,
            user_id=user.id,
            session_id=session.id,
            generation=session.refresh_generation,
            now=uow.now,
            days=settings.refresh_token_days,
        ),
        expires_in=settings.access_token_minutes * 60,
        role=role,
    )


def actor_of_token(greenroom: "Greenroom", token: str) -> Actor:
    """Whose access token this is; the session row is looked at each time. Raises: NotSignedIn."""
    claims = tokens.read_access(greenroom.settings.jwt_secret.get_secret_value(), token)
    with greenroom.uow() as uow:
        live = repo.live_session(uow, claims.session_id)
    if live is None or live[1].id != claims.user_id:
        raise NotSignedIn
    return _actor(live[0], live[1])


def issue_ticket(uow: Uow, user_id: str) -> str:
    """A ticket, good once and for half a minute, that the browser exchanges for its cookie."""
    ticket = secrets.token_urlsafe(32)
    repo.drop_old_tickets(uow, uow.now)
    expires_at = uow.now + timedelta(seconds=TICKET_SECONDS)
    uow.session.add(LoginTicket(ticket_hash=_digest(ticket), user_id=user_id, expires_at=expires_at))
    return ticket


def redeem_ticket(uow: Uow, ticket: str) -> tuple[str, int]:
    """The new browser session's cookie value and its life in seconds. Raises: NotSignedIn."""
    taken = repo.take_ticket(uow, _digest(ticket))
    if taken is None or taken.expires_at <= uow.now:
        raise NotSignedIn
    secret = secrets.token_urlsafe(32)
    session = AuthSession(
        id=new_id("ses"),
        user_id=taken.user_id,
        kind=SessionKind.BROWSER,
        secret_hash=_digest(secret),
        refresh_generation=0,
        created_at=uow.now,
        expires_at=uow.now + timedelta(days=BROWSER_DAYS),
    )
    uow.session.add(session)
    return secret, BROWSER_DAYS * 86_400


def actor_of_cookie(uow: Uow, cookie: str) -> Actor | None:
    live = repo.live_session_by_secret(uow, _digest(cookie)) if cookie else None
    return None if live is None else _actor(live[0], live[1])


def sign_out(uow: Uow, session_id: str) -> None:
    """End a session everywhere. Safe to repeat."""
    repo.revoke(uow, session_id)


def forget_old_logins(uow: Uow, before: datetime, limit: int) -> int:
    """Remove sessions and mailed links that have opened nothing since a moment. Returns how many, `limit` of both."""
    return repo.drop_dead(uow, before, limit)


def erase(uow: Uow, user_id: str) -> None:
    """Remove the account's row; what hangs on it goes along."""
    repo.delete_user(uow, user_id)


def account_view(uow: Uow, actor: Actor) -> AccountView:
    """Raises: NotSignedIn when the account is gone."""
    user = repo.user_by_id(uow, actor.user_id)
    if user is None:
        raise NotSignedIn
    return AccountView(user.email, user.email_verified_at is not None, user.password_hash != passwords.NONE)


def email_of(uow: Uow, user_id: str) -> str:
    """Raises: NotSignedIn when the account is gone."""
    user = repo.user_by_id(uow, user_id)
    if user is None:
        raise NotSignedIn
    return user.email


def name_of(uow: Uow, user_id: str) -> str:
    """Raises: NotSignedIn when the account is gone."""
    user = repo.user_by_id(uow, user_id)
    if user is None:
        raise NotSignedIn
    return user.name


def locale_of(uow: Uow, user_id: str) -> str:
    """The language somebody is told things in; English when the account is gone."""
    user = repo.user_by_id(uow, user_id)
    return (known(user.locale) if user else None) or ENGLISH


def speak(uow: Uow, actor: Actor, language: str) -> None:
    """Keep the language of the caller's screens and mails. Raises: FieldProblem for one we do not have."""
    if language not in LANGUAGES:
        raise FieldProblem("language", N_("Choose one of: {names}."), words={"names": ", ".join(LANGUAGES)})
    user = repo.user_by_id(uow, actor.user_id)
    if user is not None:
        user.locale = language


def _actor(session: AuthSession, user: User) -> Actor:
    return Actor(user.id, user.username, user.name, Role(user.role), session.id, user.locale)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
