"""Links that are mailed: to set a new password, to confirm an address. Each is good once and for a short time.

The row holds no token: that is signed while the mail is written, so neither database nor queue can open an account.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from core.accounts import passwords, repo, service, tokens
from core.accounts.errors import LinkSpent, NotSignedIn
from core.accounts.models import MailedLink, User
from core.accounts.rules import check_new_password, normal_email
from core.accounts.types import Actor, LinkPurpose, Role
from core.db import Uow
from core.errors import FieldProblem
from core.ids import new_id
from core.notifications import service as notifications
from core.notifications.models import Channel
from core.notifications.types import NoticeKind
from core.privacy.audit import Action, note
from core.settings import Settings

if TYPE_CHECKING:
    from core.wiring import Greenroom

SEND_RESET = "accounts.send_reset"
LIFE = {LinkPurpose.RESET: timedelta(minutes=30), LinkPurpose.CONFIRM: timedelta(days=3)}
KINDS: dict[LinkPurpose, NoticeKind] = {
    LinkPurpose.RESET: "password_reset",
    LinkPurpose.CONFIRM: "confirm_address",
}


def register(uow: Uow, *, username: str, email: str, name: str, password: str) -> User:
    """Open a candidate's account and mail the link that confirms its address.

    Raises: FieldProblem, UsernameOrEmailTaken.
    """
    user = service.register(uow, username=username, email=email, name=name, password=password)
    _mail(uow, user, LinkPurpose.CONFIRM)
    return user


def ask_reset(greenroom: "Greenroom", email: str, *, address: str) -> None:
    """Have a link mailed that sets a new password. What is done here is the same whether the address is known.

    Raises: FieldProblem, TooManyRequests.
    """
    to = normal_email(email)
    greenroom.rates.hit("reset_address", address)
    greenroom.rates.hit("reset", to, address)
    with greenroom.uow() as uow:
        user = repo.user_by_email(uow, to)
        uow.enqueue(SEND_RESET, user_id=user.id if user else new_id("usr"))


def ask_password(greenroom: "Greenroom", actor: Actor, *, address: str) -> None:
    """Have the caller mailed the link that sets a password. Raises: TooManyRequests."""
    with greenroom.uow() as uow:
        email = service.email_of(uow, actor.user_id)
    ask_reset(greenroom, email, address=address)


def send_reset(greenroom: "Greenroom", user_id: str) -> str:
    """Mail the link to whoever is there. Returns what came of it."""
    with greenroom.uow() as uow:
        user = repo.user_by_id(uow, user_id)
        if user is None or user.disabled_at is not None:
            return "nobody"
        _mail(uow, user, LinkPurpose.RESET)
    return "mailed"


def ask_confirmation(greenroom: "Greenroom", actor: Actor) -> None:
    """Mail the caller another link that confirms the address. Raises: TooManyRequests."""
    greenroom.rates.hit("reset", actor.user_id, "confirm")
    with greenroom.uow() as uow:
        user = repo.user_by_id(uow, actor.user_id)
        if user is not None and user.email_verified_at is None:
            _mail(uow, user, LinkPurpose.CONFIRM)


def reset_password(greenroom: "Greenroom", token: str, new_password: str) -> None:
    """Set a new password by a mailed link; every session of the account ends. The address is proven along the way.

    A password that is refused leaves the link open.

    Raises: LinkSpent, FieldProblem.
    """
    link_id = _link_id(greenroom.settings, token)
    with greenroom.uow() as uow:
        user = _open(uow, link_id, LinkPurpose.RESET)
    password_hash = _hash_of_new(new_password, username=user.username)
    with greenroom.uow() as uow:
        repo.lock_user(uow, user.id)
        user = _open(uow, link_id, LinkPurpose.RESET)
        user.email_verified_at = user.email_verified_at or uow.now
        whose = Actor(user.id, user.username, user.name, Role(user.role), link_id)
        note(uow, whose, Action.PASSWORD_RESET, user.id)
        _set_password(uow, user, password_hash, subject_id=link_id)


def change_password(greenroom: "Greenroom", actor: Actor, *, current: str, new: str, address: str) -> None:
    """Set another password; every other session of the account ends with it, and no mailed link sets one any more.

    Raises: BadCredentials, TooManyRequests, FieldProblem.
    """
    service.check_password(greenroom, actor.username, current, address=address)
    password_hash = _hash_of_new(new, username=actor.username)
    with greenroom.uow() as uow:
        user = repo.lock_user(uow, actor.user_id)
        if user is None:
            raise NotSignedIn
        note(uow, actor, Action.PASSWORD_CHANGED, user.id)
        _set_password(uow, user, password_hash, subject_id=new_id("ntf"), but=actor.session_id)


def _hash_of_new(password: str, *, username: str) -> str:
    try:
        check_new_password(password, username=username)
    except FieldProblem as exc:
        raise exc.under("newPassword") from exc
    return passwords.hash_password(password)


def _set_password(uow: Uow, user: User, password_hash: str, *, subject_id: str, but: str | None = None) -> None:
    """Whoever held a session, but for one, or a link to set a password holds it no more; whose account it is is told.

    The account is held. The subject is another for each change: each is told.
    """
    user.password_hash = password_hash
    repo.spend_links(uow, user.id, LinkPurpose.RESET)
    repo.revoke_all(uow, user.id, but=but)
    notifications.tell(uow, user.id, "password_changed", subject_id, {})


def confirm_address(greenroom: "Greenroom", actor: Actor, token: str) -> None:
    """The caller holds the mail that went to their address. Raises: LinkSpent, also for somebody else's link."""
    link_id = _link_id(greenroom.settings, token)
    with greenroom.uow() as uow:
        user = _open(uow, link_id, LinkPurpose.CONFIRM)
        if user.id != actor.user_id:
            raise LinkSpent
        user.email_verified_at = user.email_verified_at or uow.now
        repo.spend_links(uow, user.id, LinkPurpose.CONFIRM)


def token_of(uow: Uow, settings: Settings, link_id: str) -> str | None:
    """What the mail of a link carries, None where the link is spent or too old by now."""
    link = repo.link_by_id(uow, link_id)
    if link is None or link.used_at is not None or link.expires_at <= uow.now:
        return None
    secret = settings.jwt_secret.get_secret_value()
    return tokens.issue_link(secret, link_id=link.id, user_id=link.user_id, now=uow.now, life=link.expires_at - uow.now)


def _mail(uow: Uow, user: User, purpose: LinkPurpose) -> None:
    link = MailedLink(
        id=new_id("lnk"),
        user_id=user.id,
        purpose=purpose,
        email=user.email,
        created_at=uow.now,
        expires_at=uow.now + LIFE[purpose],
    )
    uow.session.add(link)
    uow.session.flush()
    notifications.post(
        uow, key=link.id, channel=Channel.MAIL, to=user.email, kind=KINDS[purpose], facts={"linkId": link.id},
        user_id=user.id,
    )  # fmt: skip


def _link_id(settings: Settings, token: str) -> str:
    try:
        return tokens.read_link(settings.jwt_secret.get_secret_value(), token)
    except NotSignedIn as exc:
        raise LinkSpent from exc


def _open(uow: Uow, link_id: str, purpose: LinkPurpose) -> User:
    """Whose link this is, held. Raises: LinkSpent."""
    link = repo.lock_link(uow, link_id)
    if link is None or link.purpose is not purpose or link.used_at is not None or link.expires_at <= uow.now:
        raise LinkSpent
    user = repo.user_by_id(uow, link.user_id)
    if user is None or user.disabled_at is not None or user.email != link.email:
        raise LinkSpent
    return user
