"""Money that goes back: under way, given up by the provider, returned by hand. It is returned once, and never kept."""

from datetime import timedelta

import pytest

from core import reconciliation
from core.errors import AppError
from core.interviews import flows
from core.interviews.types import SetUp
from core.payments import flows as payments
from tests.integration.world import VOICE, World


def paid(world: World, *, setup: SetUp = VOICE, verify: bool = True) -> tuple[str, str]:
    session_id = flows.set_up(world.app, world.asha, setup).session_id
    order_id = payments.open_order(world.app, world.asha, session_id).order_id
    payment_id = world.payments.pay(order_id, "captured")
    if verify:
        signature = f"{order_id}|{payment_id}"
        payments.verify(world.app, world.asha, order_id=order_id, payment_id=payment_id, signature=signature)
    return session_id, payment_id


def state(world: World) -> tuple[str, str]:
    [row] = world.rows(
        "SELECT s.status, p.status FROM interview_sessions s JOIN interview_payments p ON p.session_id = s.id"
    )
    return row[0], row[1]


def test_a_refund_under_way_is_no_refund_yet(world: World) -> None:
    session_id, _ = paid(world)
    world.payments.faltering = ["pending"]

    flows.cancel(world.app, world.asha, session_id)
    world.run_jobs()
    assert state(world) == ("cancelled", "paid")

    world.now += timedelta(minutes=5)
    reconciliation.run(world.app)
    assert state(world) == ("cancelled", "refunded")
    assert len(world.payments.refunds) == 1


def test_a_refund_that_the_provider_gives_up_is_followed_by_another(world: World) -> None:
    session_id, _ = paid(world)
    world.payments.faltering = ["failed"]

    flows.cancel(world.app, world.asha, session_id)
    world.run_jobs()
    assert state(world) == ("cancelled", "paid")

    world.now += timedelta(minutes=5)
    reconciliation.run(world.app)
    assert state(world) == ("cancelled", "refunded")
    assert [refund.status for refund in world.payments.refunds.values()] == ["failed", "processed"]


def test_an_interview_whose_money_was_returned_by_hand_cannot_be_held(world: World) -> None:
    session_id, payment_id = paid(world)

    world.payments.return_by_hand(world.payments.payments[payment_id])
    world.deliver(len(world.post.sent) - 1)
    world.run_jobs()

    assert state(world) == ("cancelled", "refunded")
    with pytest.raises(AppError, match="cancelled"):
        flows.start(world.app, world.asha, session_id, consents=True)


def test_money_that_came_and_went_before_we_heard_of_it_pays_for_nothing(world: World) -> None:
    _, payment_id = paid(world, verify=False)
    world.payments.return_by_hand(world.payments.payments[payment_id])

    world.now += timedelta(minutes=5)
    reconciliation.run(world.app)
    world.run_jobs()

    assert state(world) == ("cancelled", "refunded")
    assert len(world.payments.refunds) == 1
