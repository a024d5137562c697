"""What comes at the same moment from a page, a webhook and a job waits for each other in one order."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from core.analytics import service as analytics
from core.analytics.models import InterviewStatistics
from core.interviews import flows
from core.interviews import service as interviews
from core.payments import flows as payments
from core.payments import service
from core.payments.models import InterviewPayment
from core.payments.types import PaymentStatus
from tests.integration.world import VOICE, World
from tests.waiting import until

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def started_beside(world: World, work: Callable[[], object]) -> "Future[object]":
    """Begin something in a transaction of its own; returns when it waits for a lock that this one holds."""
    begun = ThreadPoolExecutor(1).submit(work)

    def waits() -> bool:
        assert not begun.done()
        return bool(world.rows(WAITING)[0][0])

    until(waits)
    return begun


def test_a_page_that_opens_an_order_and_a_payment_that_settles_it_do_not_block_each_other(world: World) -> None:
    session_id = flows.set_up(world.app, world.asha, VOICE).session_id
    order = payments.open_order(world.app, world.asha, session_id)
    captured = world.payments.fetch_payment(world.payments.pay(order.order_id, "captured"))

    with world.app.uow() as uow:
        interviews.lock_own(uow, world.asha, session_id)
        settling = started_beside(world, lambda: payments.settle_captured(world.app, order.payment_id, captured))
        assert service.open_payment(uow, world.asha, session_id).id == order.payment_id
    settling.result(10)

    assert world.rows("SELECT status FROM interview_payments") == [(PaymentStatus.PAID,)]


def test_two_payments_of_a_person_that_settle_at_once_are_both_counted(world: World) -> None:
    orders = [
        payments.open_order(world.app, world.asha, flows.set_up(world.app, world.asha, VOICE).session_id)
        for _ in range(2)
    ]
    first, second = (world.payments.fetch_payment(world.payments.pay(order.order_id, "captured")) for order in orders)

    with world.app.uow() as uow:
        payment = uow.session.get_one(InterviewPayment, orders[0].payment_id, with_for_update=True)
        service.settle(uow, payment, first)
        settling = started_beside(world, lambda: payments.settle_captured(world.app, orders[1].payment_id, second))
    settling.result(10)

    with world.app.uow() as uow:
        kept = uow.session.query(InterviewStatistics).filter_by(user_id=world.asha.user_id).one().total_spent
        analytics.recompute(uow, world.asha.user_id)
        counted = uow.session.query(InterviewStatistics).filter_by(user_id=world.asha.user_id).one().total_spent
    assert kept == counted == sum(order.amount for order in orders)
