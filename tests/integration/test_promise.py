"""A report that does not come in the promised time is refunded, and what comes later changes nothing."""

import dataclasses
from datetime import timedelta

from core import reconciliation
from core.interviews import flows
from core.interviews.catalogue import Mode
from core.payments import flows as payments
from core.reports.flows import write_report
from tests.integration.world import VOICE, World

TYPED = dataclasses.replace(VOICE, mode=Mode.TEXT)


def interview_without_report(world: World) -> str:
    session_id = flows.set_up(world.app, world.asha, TYPED).session_id
    order = payments.open_order(world.app, world.asha, session_id)
    payment_id = world.payments.pay(order.order_id, "captured")
    payments.verify(
        world.app,
        world.asha,
        order_id=order.order_id,
        payment_id=payment_id,
        signature=f"{order.order_id}|{payment_id}",
    )
    flows.start(world.app, world.asha, session_id, consents=True)
    flows.complete(world.app, world.asha, session_id)
    return session_id


def state(world: World, session_id: str) -> tuple[str, str]:
    rows = world.rows(
        "SELECT s.id, s.status, p.status FROM interview_sessions s JOIN interview_payments p ON p.session_id = s.id"
    )
    return next((row[1], row[2]) for row in rows if row[0] == session_id)


def test_it_is_refunded_once_the_time_is_over(world: World) -> None:
    session_id = interview_without_report(world)
    promised = timedelta(seconds=world.app.settings.greenroom_report_promise_seconds)

    world.now += promised - timedelta(seconds=1)
    reconciliation.run(world.app)
    assert state(world, session_id) == ("processing", "paid")

    world.now += timedelta(minutes=10)
    reconciliation.run(world.app)
    world.run_jobs()
    assert state(world, session_id) == ("failed", "refunded")

    write_report(world.app, session_id)
    assert world.rows("SELECT id FROM interview_reports") == []
    kinds = [row[0] for row in world.rows("SELECT kind FROM notifications ORDER BY id")]
    assert kinds == ["receipt", "failed", "refund"]
