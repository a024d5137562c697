"""Money that goes back: under way, given up by the provider, returned by hand. It is returned once, and never kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import reconciliation
from core.errors import AppError
from core.interviews import flows
from core.interviews.errors import InvalidState
from core.interviews.types import EndedBy, SetUp
from core.ledger import proving
from core.money import Money
from core.payments import flows as payments
from core.ports.payments import ProviderRefund
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


def cancelled_and_due_until_a_round(world: World, session_id: str) -> None:
    """The first refund is not carried out at once; the next round of reconciliation sees the money returned."""
    flows.cancel(world.app, world.asha, session_id)
    world.run_jobs()
    assert state(world) == ("cancelled", "paid")

    world.now += timedelta(minutes=5)
    reconciliation.run(world.app)
    assert state(world) == ("cancelled", "refunded")


def test_a_refund_under_way_is_no_refund_yet(world: World) -> None:
    session_id, _ = paid(world)
    world.payments.faltering = ["pending"]

    cancelled_and_due_until_a_round(world, session_id)
    assert len(world.payments.refunds) == 1


def test_a_refund_that_the_provider_gives_up_is_followed_by_another(world: World) -> None:
    session_id, _ = paid(world)
    world.payments.faltering = ["failed"]

    cancelled_and_due_until_a_round(world, session_id)
    assert [refund.status for refund in world.payments.refunds.values()] == ["failed", "processed"]


def test_an_interview_whose_money_was_returned_by_hand_cannot_be_held(world: World) -> None:
    session_id, payment_id = paid(world)

    world.payments.return_by_hand(world.payments.payments[payment_id])
    world.deliver(len(world.post.sent) - 1)
    world.run_jobs()

    assert state(world) == ("cancelled", "refunded")
    with pytest.raises(AppError, match="cancelled"):
        flows.start(world.app, world.asha, session_id, consents=True)


def under_way_and_returned_by_hand(world: World) -> tuple[str, str]:
    """An interview whose call runs, and its call."""
    session_id, payment_id = paid(world)
    call_id = flows.start(world.app, world.asha, session_id, consents=True).call_id
    world.payments.return_by_hand(world.payments.payments[payment_id])
    world.deliver(len(world.post.sent) - 1)
    world.run_jobs()
    assert state(world) == ("in_progress", "refunded")
    return session_id, call_id


def test_a_call_that_breaks_off_after_its_money_was_returned_by_hand_is_not_given_back(world: World) -> None:
    _, call_id = under_way_and_returned_by_hand(world)

    world.voice.play(call_id, answered=1, ended_by=EndedBy.OUR_FAULT, now=world.now)
    world.now += timedelta(minutes=5)
    reconciliation.run(world.app)
    world.run_jobs()

    assert state(world) == ("failed", "refunded")
    assert len(world.payments.refunds) == 1
    assert world.rows("SELECT id FROM notifications WHERE kind = 'redo'") == []


def test_a_call_whose_money_was_returned_by_hand_is_not_begun_anew_by_typing(world: World) -> None:
    session_id, _ = under_way_and_returned_by_hand(world)

    with pytest.raises(InvalidState):
        flows.switch_to_text(world.app, world.asha, session_id)

    assert state(world) == ("in_progress", "refunded")


def test_money_that_came_and_went_before_we_heard_of_it_pays_for_nothing(world: World) -> None:
    _, payment_id = paid(world, verify=False)
    world.payments.return_by_hand(world.payments.payments[payment_id])

    world.now += timedelta(minutes=5)
    reconciliation.run(world.app)
    world.run_jobs()

    assert state(world) == ("cancelled", "refunded")
    assert len(world.payments.refunds) == 1


PART = Money(10_000)


def rest(world: World, payment_id: str) -> Money:
    return Money(world.payments.payments[payment_id].money.amount - PART.amount)


def return_by_hand(world: World, payment_id: str, money: Money) -> None:
    """And hear of it."""
    world.payments.return_by_hand(world.payments.payments[payment_id], money)
    world.deliver(len(world.post.sent) - 1)
    world.run_jobs()


def books_add_up(world: World) -> bool:
    with world.app.uow() as uow:
        return proving.differences(uow).found == ()


def test_what_was_returned_in_part_by_hand_is_completed(world: World) -> None:
    session_id, payment_id = paid(world)
    return_by_hand(world, payment_id, PART)
    assert state(world) == ("ready", "paid")

    flows.cancel(world.app, world.asha, session_id)
    world.run_jobs()

    assert state(world) == ("cancelled", "refunded")
    assert [refund.money for refund in world.payments.refunds.values()] == [PART, rest(world, payment_id)]
    assert books_add_up(world)


def test_the_rest_that_the_provider_gives_up_is_followed_by_another(world: World) -> None:
    session_id, payment_id = paid(world)
    return_by_hand(world, payment_id, PART)
    world.payments.faltering = ["failed"]

    cancelled_and_due_until_a_round(world, session_id)
    assert [refund.status for refund in world.payments.refunds.values()] == ["processed", "failed", "processed"]


def test_parts_returned_by_hand_that_make_the_whole_are_a_refund_of_it(world: World) -> None:
    session_id, payment_id = paid(world)

    return_by_hand(world, payment_id, PART)
    return_by_hand(world, payment_id, rest(world, payment_id))

    assert state(world) == ("cancelled", "refunded")
    assert books_add_up(world)
    with pytest.raises(AppError, match="cancelled"):
        flows.start(world.app, world.asha, session_id, consents=True)


def test_a_refund_that_overtakes_its_payment_is_applied_after_it(world: World) -> None:
    _, payment_id = paid(world, verify=False)
    captured = len(world.post.sent) - 1

    return_by_hand(world, payment_id, world.payments.payments[payment_id].money)
    world.deliver(captured)
    world.run_jobs()
    world.run_jobs()

    assert state(world) == ("cancelled", "refunded")
    assert world.rows("SELECT outcome FROM webhook_events ORDER BY id") == [("refunded",), ("settled",)]


def paid_twice(world: World, becomes: str) -> str:
    """The provider's id of the second payment, after its return was asked for."""
    _, first = paid(world)
    world.run_jobs()
    double = world.payments.pay(world.payments.payments[first].order_id or "", "captured")
    world.payments.faltering = [becomes]  # type: ignore[list-item]  # one of the three
    world.deliver(len(world.post.sent) - 1)
    world.run_jobs()
    world.run_jobs()
    assert len(world.payments.refunds) == 1
    return double


def movements(world: World, payment_id: str) -> set[str]:
    booked = world.rows("SELECT movement, reference FROM ledger_entries")
    return {movement for movement, reference in booked if reference == payment_id}


def test_the_return_of_a_second_payment_is_booked_when_it_is_carried_out(world: World) -> None:
    double = paid_twice(world, "pending")
    assert movements(world, double) == {"stray"}

    world.run_jobs()
    assert movements(world, double) == {"stray", "refunded"}
    assert world.rows("SELECT id FROM procrastinate_jobs WHERE task_name = 'payments.refund_stray'") == []
    assert books_add_up(world)


def test_a_second_payment_is_not_returned_yet_while_the_provider_calls_it_so_ahead_of_its_refund(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = paid_twice(world, "pending")
    [under_way] = world.payments.refunds.values()
    world.payments.payments[double] = replace(world.payments.payments[double], status="refunded")
    monkeypatch.setattr(world.payments, "refunds_of", lambda _payment_id: [under_way])

    world.run_jobs()
    assert movements(world, double) == {"stray"}


def decide(world: World, status: str) -> None:
    """What was under way is carried out or given up, and we hear of it."""
    [(key, refund)] = world.payments.refunds.items()
    decided: ProviderRefund = replace(refund, status=status)  # type: ignore[arg-type]  # one of the three
    world.payments.refunds[key] = decided
    world.post.send("razorpay", f"{decided.refund_id}:{status}", decided)
    world.deliver(len(world.post.sent) - 1)


def test_the_return_of_a_second_payment_that_the_provider_gives_up_is_followed_by_another(world: World) -> None:
    double = paid_twice(world, "pending")

    decide(world, "failed")
    world.run_jobs()

    assert [refund.status for refund in world.payments.refunds.values()] == ["failed", "processed"]
    assert movements(world, double) == {"stray", "refunded"}
    assert books_add_up(world)


def test_the_return_of_a_second_payment_is_booked_as_soon_as_we_hear_of_it(world: World) -> None:
    double = paid_twice(world, "pending")
    with world.real.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM procrastinate_jobs")

    decide(world, "processed")
    world.run_jobs()
    world.run_jobs()

    assert movements(world, double) == {"stray", "refunded"}


def test_the_return_of_a_wrong_amount_is_not_asked_for_at_each_round(world: World) -> None:
    _, payment_id = paid(world, verify=False)
    world.payments.payments[payment_id] = replace(world.payments.payments[payment_id], money=PART)

    for minutes in (5, 2, 2):
        world.now += timedelta(minutes=minutes)
        reconciliation.run(world.app)

    jobs = world.rows("SELECT args ->> 'payment_id' FROM procrastinate_jobs WHERE task_name = 'payments.refund_stray'")
    assert jobs == [(payment_id,)]
