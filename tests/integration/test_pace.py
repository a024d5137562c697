"""More patience and more time: at no cost, for as long as was asked, and nothing of it where answers are judged."""

import dataclasses
import inspect

import pytest

from core.interviews import flows, service
from core.interviews.types import Patience
from core.payments import flows as payments
from core.reports import judging, scoring
from tests.integration.world import VOICE, World

SLOWLY = dataclasses.replace(VOICE, patience=Patience.MUCH_MORE, extra_time=50)


def test_the_price_is_that_of_the_chosen_time(world: World) -> None:
    prices = [flows.set_up(world.app, world.asha, chosen).pricing.amount for chosen in (VOICE, SLOWLY)]
    assert prices[0] == prices[1]


def test_the_call_may_last_longer_and_waits_longer(world: World) -> None:
    session_id = flows.set_up(world.app, world.asha, SLOWLY).session_id
    order_id = payments.open_order(world.app, world.asha, session_id).order_id
    payment_id = world.payments.pay(order_id, "captured")
    signature = f"{order_id}|{payment_id}"
    payments.verify(world.app, world.asha, order_id=order_id, payment_id=payment_id, signature=signature)

    started = flows.start(world.app, world.asha, session_id, consents=True)

    plan = world.voice.calls[started.call_id]
    assert plan.patience is Patience.MUCH_MORE
    assert started.seconds_left == VOICE.duration_minutes * 60 * 1.5
    assert plan.max_seconds == started.seconds_left + flows.EXTRA_CALL_SECONDS
    with world.app.uow() as uow:
        view = service.session_view(uow, world.asha, session_id)
    assert (view.duration_minutes, view.allowed_minutes) == (12, 18)


@pytest.mark.parametrize("module", [judging, scoring])
def test_whoever_judges_is_not_told(module: object) -> None:
    source = inspect.getsource(module)  # type: ignore[arg-type]  # a module
    assert "patience" not in source
    assert "extra_time" not in source
