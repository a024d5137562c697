"""What comes at the same moment from a page, a webhook and a job waits for each other in one order."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

from core.analytics import service as analytics
from core.analytics.models import InterviewStatistics
from core.interviews import erasure, flows, reconciling
from core.interviews import service as interviews
from core.interviews.states import begin_attempt, move
from core.interviews.types import SessionStatus
from core.payments import flows as payments
from core.payments import service
from core.payments.models import InterviewPayment
from core.payments.types import PaymentStatus
from tests.integration.test_promise import TYPED, interview_without_report, state
from tests.integration.test_refunds import paid
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


def test_a_report_that_is_ready_while_its_promise_is_looked_at_stays_delivered(world: World) -> None:
    session_id = interview_without_report(world)
    world.now += timedelta(seconds=world.app.settings.greenroom_report_promise_seconds + 1)

    with world.app.uow() as uow:
        session = interviews.lock_own(uow, world.asha, session_id)
        looking = started_beside(world, lambda: reconciling.reconcile(world.app, session_id))
        move(uow, session, SessionStatus.COMPLETED)
    assert looking.result(10) == "changes nothing"
    world.run_jobs()

    assert state(world, session_id) == ("completed", "paid")


def test_a_typed_interview_that_ends_while_it_is_taken_for_forgotten_ends_once(world: World) -> None:
    session_id, _ = paid(world, setup=TYPED)
    flows.start(world.app, world.asha, session_id, consents=False)
    world.now += timedelta(days=2)

    with world.app.uow() as uow:
        session = interviews.lock_own(uow, world.asha, session_id)
        looking = started_beside(world, lambda: reconciling.reconcile(world.app, session_id))
        interviews.finish(uow, session, reason="ended by the candidate")
    assert looking.result(10) == "nothing to do"

    assert world.rows("SELECT ended_reason FROM interview_sessions") == [("ended by the candidate",)]


def test_an_old_interview_that_begins_while_it_is_to_be_erased_stays(world: World) -> None:
    session_id, _ = paid(world, setup=TYPED)

    def erase() -> bool:
        with world.app.uow() as uow:
            return erasure.erase_old(uow, session_id)

    with world.app.uow() as uow:
        session = interviews.lock_own(uow, world.asha, session_id)
        erasing = started_beside(world, erase)
        begin_attempt(uow, session)
    assert erasing.result(10) is False

    assert state(world, session_id) == ("in_progress", "paid")
