"""What can be wrong with an account or a login."""

from core.errors import AppError, Kind
from core.i18n import N_


class NotSignedIn(AppError):
    kind, code = Kind.UNAUTHENTICATED, "not_signed_in"

    def __init__(self) -> None:
        super().__init__(N_("Sign in first."))


class BadCredentials(AppError):
    """The same words whether the user is unknown or the password wrong."""

    kind, code = Kind.UNAUTHENTICATED, "bad_credentials"

    def __init__(self) -> None:
        super().__init__(N_("User name or password is not right."))


class UsernameOrEmailTaken(AppError):
    """The same words whichever of the two is taken."""

    kind, code = Kind.CONFLICT, "taken"

    def __init__(self) -> None:
        super().__init__(N_("This user name or e-mail address cannot be used."))


class LinkSpent(AppError):
    """Used, too old, or never ours: the three read the same."""

    kind, code = Kind.CONFLICT, "link_spent"

    def __init__(self) -> None:
        super().__init__(N_("This link has been used or is too old. Ask for a new one."))


class SecondFactorNeeded(AppError):
    """The password was right; a code of the authenticator is wanted as well."""

    kind, code = Kind.UNAUTHENTICATED, "second_factor_needed"

    def __init__(self) -> None:
        super().__init__(N_("Enter the code of your authenticator app."))


class BadCode(AppError):
    kind, code = Kind.UNAUTHENTICATED, "bad_code"

    def __init__(self) -> None:
        super().__init__(N_("This code is not right, or it was used already."))


class AddressNotProven(AppError):
    """An account elsewhere names an address that is not proven to be its owner's, there or here."""

    kind, code = Kind.CONFLICT, "address_not_proven"

    def __init__(self) -> None:
        super().__init__(N_("Sign in with your password and confirm your e-mail address first; then this way is open."))
