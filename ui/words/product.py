"""The product, and what it says about itself."""

from collections.abc import Mapping

from core.i18n import N_, Worded

PRODUCT = "Greenroom"
TO = "\u2013"
"""The dash of a range; alone it stands for a figure that there is not."""
SANDBOX_PAYMENT = N_("Sandbox: no real money. Every payment here is a test.")
SANDBOX_VOICE = N_("Sandbox: no real voice. A stand-in asks the questions; nothing leaves this machine.")
WELCOME_LINE = N_("Practise interviews that feel real, and get a report with proof for every claim.")
LANGUAGES: Mapping[str, str] = Worded({"en": N_("English"), "hi": N_("Hindi")})
