"""What can be wrong with a payment."""

from core.errors import AppError, Kind
from core.i18n import N_
from core.money import Money


class AlreadyPaid(AppError):
    kind, code = Kind.CONFLICT, "already_paid"

    def __init__(self, session_id: str) -> None:
        super().__init__(N_("This interview is paid for already."), session_id=session_id)


class NotPayable(AppError):
    kind, code = Kind.CONFLICT, "invalid_state"

    def __init__(self, session_id: str, status: str) -> None:
        super().__init__(
            N_("This interview is {status} and takes no payment."),
            words={"status": status.replace("_", " ")},
            session_id=session_id,
        )


class BadCheckoutSignature(AppError):
    kind, code = Kind.INVALID, "bad_signature"

    def __init__(self) -> None:
        super().__init__(N_("This payment does not belong to an order of yours, or its signature is not valid."))


class NotCaptured(AppError):
    """Nothing has been taken yet: the customer may try again in the same checkout."""

    kind, code = Kind.PAYMENT_REQUIRED, "payment_not_captured"

    def __init__(self, payment_id: str, status: str) -> None:
        super().__init__(
            N_("The payment has not gone through yet. Nothing was taken."), payment_id=payment_id, status=status
        )


class AmountMismatch(AppError):
    kind, code, alert = Kind.CONFLICT, "payment_amount_mismatch", True

    def __init__(self, payment_id: str, *, expected: Money, got: Money) -> None:
        super().__init__(
            N_("The amount received does not match the order; it is being returned."),
            payment_id=payment_id,
            expected=expected.amount,
            got=got.amount,
            currency=got.currency,
        )


class PaymentNotKnownYet(AppError):
    """An event overtook the transaction that stores its order: worth another look in a moment."""

    kind, code = Kind.LIMITED, "payment_not_known_yet"

    def __init__(self, order_id: str | None) -> None:
        super().__init__(N_("The order is not known yet."), order_id=order_id)


class CouponRefused(AppError):
    kind, code = Kind.INVALID, "invalid_coupon"

    def __init__(self) -> None:
        super().__init__(N_("This coupon is not valid."))
