"""What can be wrong with an idempotency key."""

from core.errors import AppError, Kind
from core.i18n import N_


class KeyReused(AppError):
    """The key belongs to another call: other body, other route."""

    kind, code = Kind.INVALID, "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(N_("This Idempotency-Key was used for another call. Take a new key for every new call."))


class KeyInUse(AppError):
    """The first call with this key is not answered yet."""

    kind, code = Kind.CONFLICT, "idempotency_key_in_use"

    def __init__(self) -> None:
        super().__init__(N_("A call with this Idempotency-Key is still being worked on. Repeat it in a few seconds."))
