"""Whatever order, repetition or loss of events, clicks and jobs: nobody loses money or an interview."""

import contextlib
from datetime import timedelta
from typing import Literal

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import text

from core import reconciliation
from core.errors import AppError
from core.interviews import erasure, flows, service
from core.interviews.types import EndedBy
from core.ledger import proving
from core.ledger.models import Account
from core.payments import flows as payments
from tests.integration.played import ANSWER
from tests.integration.world import VOICE, World


class Histories(RuleBasedStateMachine):
    world: World

    @initialize()
    def begin(self) -> None:
        self.world.reset()
        self.sessions: list[str] = []
        self.delivered = 0

    @rule()
    def set_up(self) -> None:
        self.sessions.append(flows.set_up(self.world.app, self.world.asha, VOICE).session_id)

    @precondition(lambda self: self.sessions)
    @rule(
        at=st.integers(0, 9),
        status=st.sampled_from(["captured", "captured", "authorized", "failed"]),
        verify=st.booleans(),
    )
    def pay(self, at: int, status: str, verify: bool) -> None:
        with contextlib.suppress(AppError):
            order = payments.open_order(self.world.app, self.world.asha, self.session(at))
            payment_id = self.world.payments.pay(order.order_id, status)
            if verify:
                payments.verify(
                    self.world.app,
                    self.world.asha,
                    order_id=order.order_id,
                    payment_id=payment_id,
                    signature=f"{order.order_id}|{payment_id}",
                )

    @precondition(lambda self: self.sessions)
    @rule(at=st.integers(0, 9))
    def start(self, at: int) -> None:
        with contextlib.suppress(AppError):
            flows.start(self.world.app, self.world.asha, self.session(at), consents=True)

    @precondition(lambda self: self.world.voice.calls)
    @rule(at=st.integers(0, 9), answered=st.integers(0, 4), ended_by=st.sampled_from(EndedBy))
    def hold_call(self, at: int, answered: int, ended_by: EndedBy) -> None:
        calls = list(self.world.voice.calls)
        self.world.voice.play(calls[at % len(calls)], answered=answered, ended_by=ended_by, now=self.world.now)

    @precondition(lambda self: self.sessions)
    @rule(at=st.integers(0, 9))
    def complete(self, at: int) -> None:
        with contextlib.suppress(AppError):
            flows.complete(self.world.app, self.world.asha, self.session(at))

    @precondition(lambda self: self.sessions)
    @rule(at=st.integers(0, 9))
    def delete(self, at: int) -> None:
        with contextlib.suppress(AppError):
            erasure.delete(self.world.app, self.world.asha, self.session(at))

    @precondition(lambda self: self.sessions)
    @rule(at=st.integers(0, 9))
    def cancel(self, at: int) -> None:
        with contextlib.suppress(AppError):
            flows.cancel(self.world.app, self.world.asha, self.session(at))

    @precondition(lambda self: self.sessions)
    @rule(at=st.integers(0, 9))
    def type_instead(self, at: int) -> None:
        with contextlib.suppress(AppError):
            flows.switch_to_text(self.world.app, self.world.asha, self.session(at))

    @precondition(lambda self: self.sessions)
    @rule(at=st.integers(0, 9))
    def answer(self, at: int) -> None:
        with contextlib.suppress(AppError), self.world.app.uow() as uow:
            service.answer(uow, self.world.asha, self.session(at), ANSWER)

    @rule(how=st.sampled_from(["pending", "failed"]))
    def let_refunds_falter(self, how: Literal["pending", "failed"]) -> None:
        self.world.payments.faltering.append(how)

    @precondition(lambda self: self.world.payments.payments)
    @rule(at=st.integers(0, 9))
    def return_by_hand(self, at: int) -> None:
        """Somebody at the provider's own desk returns a payment."""
        paid = list(self.world.payments.payments.values())[at % len(self.world.payments.payments)]
        with contextlib.suppress(AppError):
            self.world.payments.return_by_hand(paid)

    @precondition(lambda self: self.world.post.sent)
    @rule(number=st.integers(0, 200), times=st.integers(1, 3))
    def deliver(self, number: int, times: int) -> None:
        for _ in range(times):
            self.world.deliver(number % len(self.world.post.sent))

    @rule(at_most=st.integers(1, 20))
    def work(self, at_most: int) -> None:
        self.world.run_jobs(at_most)

    @rule(minutes=st.integers(1, 30))
    def wait(self, minutes: int) -> None:
        self.world.now += timedelta(minutes=minutes)
        reconciliation.run(self.world.app)

    @rule()
    def prove_the_books(self) -> None:
        with self.world.app.uow() as uow:
            proving.prove(uow, settled=timedelta())

    def session(self, at: int) -> str:
        return self.sessions[at % len(self.sessions)]

    def teardown(self) -> None:
        if not hasattr(self, "sessions"):
            return
        world = self.world
        world.settle()
        self.check_money()
        self.check_interviews()

    def check_money(self) -> None:
        """What we hold is what the provider captured and did not return; and each rupee we hold bought something."""
        world = self.world
        held = sum(p.money.amount for p in world.payments.payments.values() if p.status == "captured")
        booked = world.rows("SELECT coalesce(sum(amount), 0) FROM interview_payments WHERE status = 'paid'")[0][0]
        assert held == booked
        kept = world.rows(
            "SELECT s.status FROM interview_payments p JOIN interview_sessions s ON s.id = p.session_id "
            "WHERE p.status = 'paid'"
        )
        assert {row[0] for row in kept} <= {"ready", "completed"}
        with world.app.uow() as uow:
            assert proving.differences(uow).found == ()
            since_proof = proving.balances(uow)
            uow.session.execute(text("TRUNCATE ledger_proofs"))
            assert proving.differences(uow).found == ()
            assert proving.balances(uow) == since_proof
        books = {balance.account: balance.amount for balance in since_proof}
        assert books.get(Account.PROVIDER, 0) == held
        assert books.get(Account.OWED_BACK, 0) == 0
        undelivered = world.rows(
            "SELECT coalesce(sum(p.amount), 0) FROM interview_payments p JOIN interview_sessions s "
            "ON s.id = p.session_id WHERE p.status = 'paid' AND s.status = 'ready'"
        )
        assert books.get(Account.PREPAID, 0) == undelivered[0][0]
        unpaid = world.rows(
            "SELECT c.id FROM interview_calls c LEFT JOIN interview_payments p ON p.session_id = c.session_id "
            "WHERE p.paid_at IS NULL"
        )
        assert unpaid == []
        given_away = world.rows(
            "SELECT s.id FROM interview_payments p JOIN interview_sessions s ON s.id = p.session_id "
            "WHERE p.status = 'refunded' AND s.status = 'ready'"
        )
        assert given_away == []

    def check_interviews(self) -> None:
        world = self.world
        assert world.rows("SELECT id FROM interview_sessions WHERE status IN ('in_progress', 'processing')") == []
        completed = world.rows("SELECT count(*) FROM interview_sessions WHERE status = 'completed'")[0][0]
        reports = world.rows("SELECT count(*) FROM interview_reports")[0][0]
        counted = world.rows("SELECT coalesce(sum(total_interviews), 0) FROM interview_statistics")[0][0]
        assert completed == reports == counted
        spent = world.rows("SELECT coalesce(sum(total_spent), 0) FROM interview_statistics")[0][0]
        paid = world.rows("SELECT coalesce(sum(amount), 0) FROM interview_payments WHERE status = 'paid'")[0][0]
        assert spent == paid
        assert world.rows("SELECT id FROM webhook_events WHERE status = 'dead'") == []


def test_every_history_ends_well(world: World, request: pytest.FixtureRequest):
    Histories.world = world
    run_state_machine_as_test(
        Histories,
        settings=hypothesis_settings(
            max_examples=request.config.getoption("--histories"),
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
