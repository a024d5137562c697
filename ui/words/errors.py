"""Errors in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import AppError, FieldProblem, Kind
from core.i18n import N_, _

BROKEN = N_("Something broke on our side. Nothing you saved is lost. If it happens again, quote {reference}.")


@dataclass(frozen=True)
class Explained:
    """An error in plain words: what happened, and whether trying again can help."""

    title: str
    detail: str
    retry: bool


_TITLES: Mapping[Kind, tuple[str, bool]] = {
    Kind.INVALID: (N_("That cannot be taken as it is"), False),
    Kind.UNAUTHENTICATED: (N_("Please sign in again"), False),
    Kind.FORBIDDEN: (N_("This is not open to your role"), False),
    Kind.NOT_FOUND: (N_("Not found"), False),
    Kind.CONFLICT: (N_("That is not possible now"), True),
    Kind.PAYMENT_REQUIRED: (N_("Payment is needed first"), True),
    Kind.TOO_LARGE: (N_("That is too large"), False),
    Kind.LIMITED: (N_("Too many attempts"), True),
    Kind.BUSY: (N_("Too many attempts"), True),
    Kind.PROVIDER_REFUSED: (N_("We could not do that"), False),
    Kind.PROVIDER_DOWN: (N_("A service we rely on is not answering"), True),
    Kind.PROVIDER_TIMEOUT: (N_("A service we rely on is slow"), True),
}


def explain(error: AppError) -> Explained:
    title, retry = _TITLES[error.kind]
    title = _(title)
    if isinstance(error, FieldProblem):
        title = _("Please check what you entered")
    return Explained(title, error.told, retry)


def titled_kinds() -> frozenset[Kind]:
    """The kinds of error that have words."""
    return frozenset(_TITLES)
