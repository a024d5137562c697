"""Paying for an interview."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from core.interviews.types import SessionStatus
from core.payments import flows, service
from core.payments.types import PaymentStatus
from webhook_server.deps import App, Caller, Limit
from webhook_server.idempotency import CreatingRoute
from webhook_server.wire import RequestBody, Wire

router = APIRouter(prefix="/api/payments", tags=["payments"], route_class=CreatingRoute)
Reference = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
"""Ids of ours and of the provider: printable ASCII, so that no database chokes on them."""


class OrderRequest(RequestBody):
    session_id: Reference
    coupon: str | None = None


class Prefill(Wire):
    name: str
    email: str


class OrderReply(Wire):
    payment_id: str
    order_id: str
    amount: int
    currency: str
    key_id: str
    prefill: Prefill


class VerifyRequest(RequestBody):
    """Razorpay's own names, as its checkout hands them over."""

    model_config = ConfigDict(alias_generator=None)

    razorpay_order_id: Reference
    razorpay_payment_id: Reference
    razorpay_signature: Reference


class VerifyReply(Wire):
    payment_id: str
    status: PaymentStatus
    session_id: str
    session_status: SessionStatus


class PaymentReply(Wire):
    payment_id: str
    session_id: str | None
    order_id: str | None
    amount: int
    currency: str
    status: PaymentStatus
    created_at: datetime
    refunded_at: datetime | None


class PaymentsReply(Wire):
    items: list[PaymentReply]
    next_cursor: str | None


@router.post("/interview/create", status_code=201)
def create(body: OrderRequest, app: App, caller: Caller) -> OrderReply:
    app.rates.hit("payments", caller.user_id)
    order = flows.open_order(app, caller, body.session_id, coupon=body.coupon)
    return OrderReply(
        payment_id=order.payment_id,
        order_id=order.order_id,
        amount=order.amount,
        currency=order.currency,
        key_id=order.key_id,
        prefill=Prefill(name=order.prefill_name, email=order.prefill_email),
    )


@router.post("/interview/verify")
def verify(body: VerifyRequest, app: App, caller: Caller) -> VerifyReply:
    app.rates.hit("payments", caller.user_id)
    settled = flows.verify(
        app,
        caller,
        order_id=body.razorpay_order_id,
        payment_id=body.razorpay_payment_id,
        signature=body.razorpay_signature,
    )
    return VerifyReply.model_validate(settled)


@router.get("")
def list_payments(app: App, caller: Caller, limit: Limit = 20, cursor: str | None = None) -> PaymentsReply:
    page = app.uow.look(service.payments_page, caller, limit=limit, cursor=cursor)
    return PaymentsReply(items=[PaymentReply.model_validate(i) for i in page.items], next_cursor=page.next_cursor)
