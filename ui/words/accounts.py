"""Accounts: who somebody is, and how they get in."""

from collections.abc import Mapping

from core.accounts.types import Role
from core.i18n import N_, Worded

ROLES: Mapping[Role, str] = Worded(
    {Role.CANDIDATE: N_("Candidate"), Role.COACH: N_("Coach"), Role.ADMIN: N_("Administrator")}
)
_FIELDS: Mapping[str, str] = Worded(
    {
        "username": N_("Username"),
        "email": N_("E-mail"),
        "name": N_("Name"),
        "password": N_("Password"),
        "newPassword": N_("New password"),
        "phone": N_("Mobile number"),
    }
)
SECOND_FACTOR_ASKED = N_("Enter the six digits that your authenticator app shows, or one of your recovery codes.")
ADDRESS_CONFIRMED = N_("Your address is confirmed.")
ADDRESS_NOT_CONFIRMED = N_("Your e-mail address is not confirmed yet: use the link in our mail.")
LINK_SENT = N_("The link is on its way.")
SECOND_FACTOR_OFF = N_(
    "You see other people's data. A code from an app on your phone keeps it closed to a stolen password."
)
SECOND_FACTOR_ON = N_("On. A code is asked for at each sign in.")
SECOND_FACTOR_SCAN = N_("Scan this with your authenticator app, or type the key below into it.")
RECOVERY_CODES = N_("Keep these recovery codes where you keep passwords. Each lets you in once without your phone.")
RESET_EXPLAINED = N_("We mail you a link that sets a new one. It works once, within half an hour.")
RESET_SENT = N_(
    "If an account has this address, the link is on its way. Look into your mail, and into the spam folder."
)
RESET_DONE = N_("Your new password is set, and every session of your account has ended. Sign in with it.")


def field(name: str) -> str:
    """A field of a form, by the name that the core gives it."""
    return _FIELDS.get(name, name)
