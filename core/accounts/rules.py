"""What a user name, an e-mail address and a password must be."""

import re

from email_validator import EmailNotValidError, validate_email

from core.errors import FieldProblem
from core.i18n import N_

MIN_PASSWORD_CHARS = 10
MAX_PASSWORD_BYTES = 72
"""bcrypt reads no more."""
COMMON = frozenset(
    re.findall(
        r"\S+",
        """
        password123 1234567890 qwertyuiop password1234 letmein1234 iloveyou123 welcome1234 administrator 0123456789
        abcdefghij qwerty12345 passw0rd123 aaaaaaaaaa 1111111111 greenroom123
        """,
    )
)
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,38}[a-z0-9]")


def normal_username(username: str) -> str:
    """Raises: FieldProblem."""
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise FieldProblem("username", N_("3 to 40 letters, digits, dots, dashes or underscores."))
    return name


def normal_email(email: str) -> str:
    """Raises: FieldProblem."""
    try:
        return validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as exc:
        raise FieldProblem("email", N_("This is no e-mail address.")) from exc


def normal_name(name: str) -> str:
    """Raises: FieldProblem."""
    words = " ".join(name.replace("\x00", "").split())
    if not 1 <= len(words) <= 120:
        raise FieldProblem("name", N_("1 to 120 characters."))
    return words


def check_new_password(password: str, *, username: str) -> None:
    """Raises: FieldProblem for one that is short, too long for its hash, common, or the user's name."""
    if len(password) < MIN_PASSWORD_CHARS:
        raise FieldProblem(
            "password",
            N_("At least {limit} characters."),
            words={"limit": MIN_PASSWORD_CHARS},
        )
    if len(password.encode()) > MAX_PASSWORD_BYTES:
        raise FieldProblem("password", N_("At most {limit} bytes."), words={"limit": MAX_PASSWORD_BYTES})
    lowered = password.lower()
    if lowered in COMMON or username in lowered or len(set(lowered)) < 5:
        raise FieldProblem("password", N_("This password is too easy to guess."))
