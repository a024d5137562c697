"""The one base of foreseen errors. A kind says what happened; the borders turn it into a status or into words."""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from core.i18n import N_, _


class Kind(StrEnum):
    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    PAYMENT_REQUIRED = "payment_required"
    TOO_LARGE = "too_large"
    LIMITED = "limited"
    BUSY = "busy"
    PROVIDER_REFUSED = "provider_refused"
    PROVIDER_DOWN = "provider_down"
    PROVIDER_TIMEOUT = "provider_timeout"


class AppError(Exception):
    """A failure that was foreseen. The message is for people, the facts are for logs.

    The message is English, with named places for `words` where a figure or a name stands in it; `told` is the same in
    the language of whoever is served. `alert` marks money or data in doubt: logged as an error whatever the kind.
    """

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "invalid"
    alert: ClassVar[bool] = False

    def __init__(self, message: str, *, words: Mapping[str, object] | None = None, **facts: object) -> None:
        self._template = message
        self._words = words
        self.message = _filled(message, words)
        super().__init__(self.message)
        self.facts = facts

    @property
    def told(self) -> str:
        """The message in the reader's language, with those of its words that have one."""
        words = {
            name: _(word) if isinstance(word, str) and word else word for name, word in (self._words or {}).items()
        }
        return _filled(_(self._template), words if self._words else None)


def _filled(template: str, words: Mapping[str, object] | None) -> str:
    return template if words is None else template.format(**words)


class FieldProblem(AppError):
    """Input that cannot be taken, with the field it stands in."""

    code = "invalid_input"

    def __init__(self, field: str, message: str, *, words: Mapping[str, object] | None = None) -> None:
        super().__init__(message, words=words)
        self.field = field

    def under(self, field: str) -> "FieldProblem":
        """The same problem, of a field that has another name where it was entered."""
        return FieldProblem(field, self._template, words=self._words)


class NotFound(AppError):
    """Not there, or not the caller's: the two must read the same."""

    kind, code = Kind.NOT_FOUND, "not_found"

    def __init__(self, what: str) -> None:
        super().__init__(N_("We could not find that {what}."), words={"what": what})


class Forbidden(AppError):
    kind, code = Kind.FORBIDDEN, "forbidden"

    def __init__(self) -> None:
        super().__init__(N_("Your role cannot do this."))


class TooManyRequests(AppError):
    kind, code = Kind.LIMITED, "rate_limited"

    def __init__(self, *, limit: int, retry_after_seconds: int) -> None:
        super().__init__(
            N_("Too many attempts. Try again in {seconds} seconds."), words={"seconds": retry_after_seconds}
        )
        self.limit = limit
        self.retry_after_seconds = retry_after_seconds


class Busy(AppError):
    """More is in hand than can be done in time: nothing was taken, the same call is welcome later."""

    kind, code = Kind.BUSY, "busy"

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__(
            N_("Too many attempts. Try again in {seconds} seconds."), words={"seconds": retry_after_seconds}
        )
        self.retry_after_seconds = retry_after_seconds


class ProviderDown(AppError):
    """The provider did not do it this time; the same call may be tried again."""

    kind, code = Kind.PROVIDER_DOWN, "provider_down"

    def __init__(
        self, provider: str, message: str, *, retry_after_seconds: float | None = None, **facts: object
    ) -> None:
        super().__init__(message, words=None, provider=provider, **facts)
        self.provider = provider
        self.retry_after_seconds = retry_after_seconds


class ProviderTimeout(ProviderDown):
    kind, code = Kind.PROVIDER_TIMEOUT, "provider_timeout"


class ProviderRefused(AppError):
    """The provider will not do it however often it is asked."""

    kind, code = Kind.PROVIDER_REFUSED, "provider_refused"

    def __init__(self, provider: str, message: str, **facts: object) -> None:
        super().__init__(message, words=None, provider=provider, **facts)
        self.provider = provider
