"""The control plane: a test plays the customer and the candidate, and makes providers misbehave."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from sandbox.faults import Fault, Provider
from sandbox.vapi.call import RunSpec
from sandbox.vapi.player import play
from sandbox.world import World, world_of

MAX_ANSWERS = 100
MAX_ANSWER_CHARS = 20_000
router = APIRouter(prefix="/_control")
AnyWorld = Annotated[World, Depends(world_of)]
Answer = Annotated[str, Field(max_length=MAX_ANSWER_CHARS)] | None


class Wanted(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


class Pay(Wanted):
    outcome: Literal["captured", "authorized", "failed"] = "captured"
    amount: int | None = Field(default=None, ge=1)


class Run(Wanted):
    answers: (
        Annotated[list[Answer], Field(max_length=MAX_ANSWERS)] | Literal["strong", "weak", "silent", "injection"]
    ) = "strong"
    ended_reason: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    drop_after: Annotated[int | None, Field(ge=0)] = None
    realtime: bool = False


@router.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@router.post("/reset")
async def reset(world: AnyWorld) -> dict[str, bool]:
    world.reset()
    return {"reset": True}


@router.get("/faults")
async def list_faults(world: AnyWorld) -> dict[str, Any]:
    return {"faults": [fault.model_dump(by_alias=True) for fault in world.faults.active]}


@router.post("/faults", status_code=201)
async def add_fault(world: AnyWorld, fault: Fault) -> dict[str, Any]:
    world.faults.add(fault)
    return fault.model_dump(by_alias=True)


@router.delete("/faults")
async def clear_faults(world: AnyWorld) -> dict[str, bool]:
    world.faults.clear()
    return {"cleared": True}


@router.post("/razorpay/orders/{order_id}/pay")
async def pay(world: AnyWorld, order_id: str, wanted: Pay | None = None) -> dict[str, Any]:
    """The customer pays; the events follow in the background.

    The answer is signed whatever the outcome: a client that trusts the signature alone takes a failed payment for paid.
    """
    order = world.razorpay.orders.find(order_id)
    if order is None:
        raise HTTPException(404, f"There is no order {order_id}.")
    choice = wanted or Pay()
    payment = world.razorpay.pay(order, choice.outcome, amount=choice.amount)
    signature = world.razorpay.signature(order.id, payment.id)
    return {"razorpay_payment_id": payment.id, "razorpay_order_id": order.id, "razorpay_signature": signature}


@router.post("/vapi/calls/{call_id}/run", status_code=202)
async def run(world: AnyWorld, call_id: str, wanted: Run | None = None) -> dict[str, str]:
    """The candidate plays the call in the background."""
    call = world.calls.table.find(call_id)
    if call is None:
        raise HTTPException(404, f"There is no call {call_id}.")
    if call.status == "ended":
        raise HTTPException(409, f"The call {call_id} is over.")
    if call.run is not None:
        raise HTTPException(409, f"The call {call_id} is being played already.")
    choice = wanted or Run()
    spec = RunSpec(
        answers=choice.answers,
        ended_reason=choice.ended_reason,
        drop_after=choice.drop_after,
        realtime=choice.realtime,
    )
    world.calls.start_run(call, spec, play(world.calls, call, spec))
    return {"callId": call_id, "status": "running"}


@router.get("/requests")
async def list_requests(
    world: AnyWorld, provider: Provider | None = None, limit: Annotated[int, Query(ge=1, le=2000)] = 2000
) -> dict[str, Any]:
    """What the product has sent, oldest first."""
    kept = [entry for entry in world.requests.entries if provider in (None, entry["provider"])]
    return {"requests": kept[-limit:]}
