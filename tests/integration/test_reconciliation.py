"""Whatever stands still has its turn, however many others are typed, spoken or waited for at the same time."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from core import reconciliation
from core.interviews import flows, service
from core.interviews.catalogue import Mode
from core.interviews.models import InterviewCall
from core.interviews.types import EndedBy, SessionStatus, SetUp
from core.payments import flows as payments
from core.ports.errors import VoiceDown
from core.ports.payments import ProviderPayment
from core.ports.voice import CallState
from tests.integration.test_promise import TYPED, interview_without_report, state
from tests.integration.test_switching import in_a_call
from tests.integration.world import VOICE, World

MORE_THAN_A_ROUND = 101


def under_way(
    world: World, setup: SetUp, *, number: int = MORE_THAN_A_ROUND, status: SessionStatus = SessionStatus.IN_PROGRESS
) -> list[str]:
    """Interviews that have just begun, or ended: typed ones, or calls that somebody has joined."""
    first = flows.set_up(world.app, world.asha, setup).session_id
    with world.app.uow() as uow:
        planned = service.own(uow, world.asha, first)
        plan, pricing = service.plan_of(planned), service.pricing_of(planned)
        ids = [service.open_session(uow, world.asha, setup, plan, pricing).session_id for _ in range(number)]
        for session_id in ids:
            session = service.own(uow, world.asha, session_id)
            session.status, session.started_at = status, uow.now
            session.ended_at = uow.now if status is SessionStatus.PROCESSING else None
            if setup.mode is Mode.VOICE:
                session.vapi_call_id = f"call-{session_id}"
                uow.session.add(
                    InterviewCall(
                        id=f"call-{session_id}",
                        session_id=session_id,
                        attempt=1,
                        web_call_url="",
                        created_at=uow.now,
                        connected_at=uow.now,
                    )
                )
    return ids


def asked_about(world: World, monkeypatch: pytest.MonkeyPatch, *, lost: str = "", down: bool = False) -> list[str]:
    """Calls by the order in which the provider is asked about them: all go on but one, or it answers for that alone."""
    asked: list[str] = []

    def fetch_call(call_id: str) -> CallState:
        asked.append(call_id)
        if call_id == lost:
            return CallState(call_id, "gone", None)
        if down:
            raise VoiceDown("vapi", "It does not answer.")
        return CallState(call_id, "in_progress", None)

    monkeypatch.setattr(world.voice, "fetch_call", fetch_call)
    return asked


def status_of(world: World, session_id: str) -> SessionStatus:
    with world.app.uow() as uow:
        return service.status_of(uow, session_id)


def test_a_promise_is_kept_behind_many_that_are_typed_and_spoken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way(world, TYPED)
    under_way(world, VOICE)
    asked_about(world, monkeypatch)
    world.now += timedelta(minutes=1)
    session_id = interview_without_report(world)

    world.now += timedelta(seconds=world.app.settings.greenroom_report_promise_seconds + 1)
    reconciliation.run(world.app)
    world.run_jobs()

    assert state(world, session_id) == ("failed", "refunded")


def test_a_report_is_asked_for_again_behind_many_that_are_typed(world: World) -> None:
    under_way(world, TYPED)
    [session_id] = under_way(world, TYPED, number=1, status=SessionStatus.PROCESSING)

    world.now += timedelta(minutes=5)
    reconciliation.run(world.app)

    jobs = world.rows("SELECT task_name, args ->> 'session_id' FROM procrastinate_jobs")
    assert (service.WRITE_REPORT, session_id) in jobs


def test_each_call_is_asked_about_in_its_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = under_way(world, VOICE, number=2 * MORE_THAN_A_ROUND)
    asked = asked_about(world, monkeypatch, lost=f"call-{ids[-1]}")

    for _ in range(3):
        world.now += timedelta(minutes=5)
        reconciliation.run(world.app)

    assert set(asked) == {f"call-{session_id}" for session_id in ids}
    assert len(asked) <= 3 * MORE_THAN_A_ROUND
    assert status_of(world, ids[-1]) is SessionStatus.READY


def test_calls_that_the_provider_does_not_answer_for_hold_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = under_way(world, VOICE, status=SessionStatus.PROCESSING)
    asked_about(world, monkeypatch, lost=f"call-{ids[-1]}", down=True)

    for _ in range(2):
        world.now += timedelta(minutes=5)
        reconciliation.run(world.app)

    assert status_of(world, ids[-1]) is SessionStatus.READY


def test_a_typed_interview_that_nobody_came_back_to_is_judged_a_day_after_its_time(world: World) -> None:
    under_way(world, VOICE)
    world.now += timedelta(minutes=1)
    [session_id] = under_way(world, TYPED, number=1)
    time = timedelta(days=1, minutes=TYPED.duration_minutes)

    world.now += time
    reconciliation.run(world.app)
    assert status_of(world, session_id) is SessionStatus.IN_PROGRESS

    world.now += timedelta(minutes=2)
    reconciliation.run(world.app)
    assert status_of(world, session_id) is SessionStatus.PROCESSING


def ended_without_its_words(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A call of whose end no event came, and of which the provider says no more than that it is over."""
    session_id, call_id = in_a_call(world)
    world.now += timedelta(minutes=5)
    with monkeypatch.context() as away:
        away.setattr(world.voice, "fetch_call", lambda _: CallState(call_id, "ended", None))
        reconciliation.run(world.app)
    assert state(world, session_id) == ("processing", "paid")
    return session_id, call_id


def test_a_call_whose_words_never_come_is_paid_back_after_the_promised_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id, _ = ended_without_its_words(world, monkeypatch)

    world.now += timedelta(seconds=world.app.settings.greenroom_report_promise_seconds + 1)
    reconciliation.run(world.app)
    world.run_jobs()

    assert state(world, session_id) == ("failed", "refunded")


def test_a_call_whose_words_come_late_is_judged_by_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    session_id, call_id = ended_without_its_words(world, monkeypatch)
    world.voice.play(call_id, answered=1, ended_by=EndedBy.CANDIDATE_LEFT, now=world.now)

    world.now += timedelta(minutes=5)
    reconciliation.run(world.app)
    world.run_jobs()

    assert state(world, session_id) == ("completed", "paid")


def test_one_that_fails_unforeseen_does_not_end_the_round(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, lost = under_way(world, VOICE, number=2)

    def fetch_call(call_id: str) -> CallState:
        if call_id == f"call-{broken}":
            raise ValueError(call_id)
        return CallState(call_id, "gone", None)

    monkeypatch.setattr(world.voice, "fetch_call", fetch_call)
    world.now += timedelta(minutes=5)
    reconciliation.run(world.app)

    assert (status_of(world, broken), status_of(world, lost)) == (SessionStatus.IN_PROGRESS, SessionStatus.READY)


def rounds(world: World, *, days: float = 0, hours: float = 0) -> None:
    """One an hour."""
    for _ in range(int(days * 24 + hours)):
        world.now += timedelta(hours=1)
        reconciliation.run(world.app)


def test_money_on_an_order_of_days_ago_is_found_although_its_event_is_lost(world: World) -> None:
    session_id = flows.set_up(world.app, world.asha, VOICE).session_id
    order_id = payments.open_order(world.app, world.asha, session_id).order_id
    rounds(world, days=3)
    world.payments.pay(order_id, "failed")
    world.deliver(len(world.post.sent) - 1)
    world.run_jobs()
    rounds(world, days=3)

    world.payments.pay(order_id, "captured")
    rounds(world, hours=3)

    assert status_of(world, session_id) is SessionStatus.READY


def test_money_that_comes_when_an_interview_can_no_longer_be_paid_is_returned(world: World) -> None:
    session_id = flows.set_up(world.app, world.asha, VOICE).session_id
    order_id = payments.open_order(world.app, world.asha, session_id).order_id
    rounds(world, days=9)
    assert status_of(world, session_id) is SessionStatus.EXPIRED

    world.payments.pay(order_id, "captured")
    rounds(world, hours=3)
    world.run_jobs()

    assert state(world, session_id) == ("expired", "refunded")


def test_an_order_that_nobody_pays_is_asked_about_now_and_then_and_not_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def payments_of(order_id: str) -> Sequence[ProviderPayment]:
        asked.append(order_id)
        return []

    monkeypatch.setattr(world.payments, "payments_of", payments_of)
    session_id = flows.set_up(world.app, world.asha, VOICE).session_id
    payments.open_order(world.app, world.asha, session_id)

    rounds(world, days=12)
    assert len(asked) <= 100

    asked.clear()
    rounds(world, days=2)
    assert asked == []
