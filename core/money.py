"""Money: whole minor units (paise) and a currency, never a float."""

from dataclasses import dataclass

from babel.numbers import format_currency

from core.i18n import region


@dataclass(frozen=True)
class Money:
    amount: int
    """In the currency's minor unit: 49900 is ₹499.00."""
    currency: str = "INR"

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("money is not negative")

    def formatted(self) -> str:
        """As it is written in the reader's language."""
        return format_currency(self.amount / 100, self.currency, locale=region())
