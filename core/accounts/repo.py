"""Every query on people and their sessions."""

from datetime import datetime

from sqlalchemy import delete, or_, select, update

from core.accounts.models import AuthSession, FederatedIdentity, LoginTicket, MailedLink, SecondFactor, User
from core.accounts.types import LinkPurpose
from core.db import Uow


def user_by_username(uow: Uow, username: str) -> User | None:
    return uow.session.scalars(select(User).where(User.username == username)).one_or_none()


def user_by_id(uow: Uow, user_id: str) -> User | None:
    return uow.session.get(User, user_id)


def lock_user(uow: Uow, user_id: str) -> User | None:
    """Who sets a password holds the account before its links: two who set one wait for each other in no circle."""
    query = select(User).where(User.id == user_id).with_for_update(key_share=True)
    return uow.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def user_by_email(uow: Uow, email: str) -> User | None:
    return uow.session.scalars(select(User).where(User.email == email)).one_or_none()


def lock_identity(uow: Uow, issuer: str, subject: str) -> FederatedIdentity | None:
    query = select(FederatedIdentity).where(FederatedIdentity.issuer == issuer, FederatedIdentity.subject == subject)
    return uow.session.scalars(query.with_for_update()).one_or_none()


def is_taken(uow: Uow, username: str, email: str) -> bool:
    query = select(User.id).where(or_(User.username == username, User.email == email)).limit(1)
    return uow.session.scalar(query) is not None


def live_session(uow: Uow, session_id: str) -> tuple[AuthSession, User] | None:
    return _live(uow, AuthSession.id == session_id)


def live_session_by_secret(uow: Uow, secret_hash: str) -> tuple[AuthSession, User] | None:
    return _live(uow, AuthSession.secret_hash == secret_hash)


def _live(uow: Uow, which: object) -> tuple[AuthSession, User] | None:
    query = (
        select(AuthSession, User)
        .join(User, User.id == AuthSession.user_id)
        .where(which)  # type: ignore[arg-type]  # a column comparison
        .where(AuthSession.revoked_at.is_(None), AuthSession.expires_at > uow.now, User.disabled_at.is_(None))
    )
    row = uow.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def lock_session(uow: Uow, session_id: str) -> AuthSession | None:
    query = select(AuthSession).where(AuthSession.id == session_id).with_for_update()
    return uow.session.scalars(query).one_or_none()


def revoke(uow: Uow, session_id: str) -> None:
    statement = update(AuthSession).where(AuthSession.id == session_id, AuthSession.revoked_at.is_(None))
    uow.session.execute(statement.values(revoked_at=uow.now))


def revoke_all(uow: Uow, user_id: str, *, but: str | None = None) -> None:
    statement = update(AuthSession).where(AuthSession.user_id == user_id, AuthSession.revoked_at.is_(None))
    if but:
        statement = statement.where(AuthSession.id != but)
    uow.session.execute(statement.values(revoked_at=uow.now))


def take_ticket(uow: Uow, ticket_hash: str) -> LoginTicket | None:
    """Remove a ticket and return it: whoever comes second finds none."""
    statement = delete(LoginTicket).where(LoginTicket.ticket_hash == ticket_hash).returning(LoginTicket)
    return uow.session.scalars(statement).one_or_none()


def drop_old_tickets(uow: Uow, before: datetime) -> None:
    uow.session.execute(delete(LoginTicket).where(LoginTicket.expires_at < before))


def drop_dead(uow: Uow, before: datetime, limit: int) -> int:
    """Remove sessions that ended, and links that ran out, before a moment. Returns how many, `limit` of both."""
    drop_old_tickets(uow, before)
    ended = or_(AuthSession.expires_at < before, AuthSession.revoked_at < before)
    sessions = select(AuthSession.id).where(ended).order_by(AuthSession.id).limit(limit)
    gone = uow.session.scalars(delete(AuthSession).where(AuthSession.id.in_(sessions)).returning(AuthSession.id)).all()
    links = select(MailedLink.id).where(MailedLink.expires_at < before).order_by(MailedLink.id).limit(limit - len(gone))
    lost = uow.session.scalars(delete(MailedLink).where(MailedLink.id.in_(links)).returning(MailedLink.id)).all()
    return len(gone) + len(lost)


def delete_user(uow: Uow, user_id: str) -> None:
    uow.session.execute(delete(User).where(User.id == user_id))


def link_by_id(uow: Uow, link_id: str) -> MailedLink | None:
    return uow.session.get(MailedLink, link_id)


def lock_link(uow: Uow, link_id: str) -> MailedLink | None:
    query = select(MailedLink).where(MailedLink.id == link_id).with_for_update()
    return uow.session.scalars(query).one_or_none()


def spend_links(uow: Uow, user_id: str, purpose: LinkPurpose) -> None:
    """Every open link of somebody's for a purpose opens nothing any more."""
    statement = update(MailedLink).where(
        MailedLink.user_id == user_id, MailedLink.purpose == purpose, MailedLink.used_at.is_(None)
    )
    uow.session.execute(statement.values(used_at=uow.now))


def second_factor(uow: Uow, user_id: str) -> SecondFactor | None:
    return uow.session.get(SecondFactor, user_id)


def lock_second_factor(uow: Uow, user_id: str) -> SecondFactor | None:
    query = select(SecondFactor).where(SecondFactor.id == user_id).with_for_update()
    return uow.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
