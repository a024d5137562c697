"""Who somebody is."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    CANDIDATE = "candidate"
    COACH = "coach"
    ADMIN = "admin"


class SessionKind(StrEnum):
    BROWSER = "browser"
    API = "api"


class LinkPurpose(StrEnum):
    RESET = "reset"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class AccountView:
    email: str
    email_is_confirmed: bool
    has_password: bool
    """Whether one can sign in by it; an account that was opened by a provider's word has none yet."""


@dataclass(frozen=True)
class Actor:
    """The signed-in person on whose behalf something is done."""

    user_id: str
    username: str
    name: str
    role: Role
    session_id: str
    locale: str = "en"
    """The language of their screens and mails."""
