"""A cohort's credit pays for a member's interview and comes back with a refund; the ledger adds up at every step."""

import dataclasses
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from core.accounts.types import Actor, Role
from core.cohorts import service, sponsoring
from core.cohorts.errors import NotSponsored
from core.cohorts.types import Share
from core.errors import Forbidden, NotFound
from core.interviews.types import SessionStatus
from core.ledger import proving
from core.ledger.models import Account
from core.money import Money
from core.payments import service as payments
from core.payments.errors import AlreadyPaid
from core.settings import Settings
from core.wiring import Greenroom, build
from tests.integration.cohorts import cohort_with, person
from tests.pages.fakes import FakeModel, FakePayments, FakeVoice
from tests.pages.support import Story

PLENTY = Money(10_000_000, "INR")


@pytest.fixture
def greenroom(settings: Settings) -> Iterator[Greenroom]:
    real = build(settings)
    _empty(real)
    yield dataclasses.replace(real, voice=FakeVoice(), payments=FakePayments(), model=FakeModel())
    _empty(real)
    real.engine.dispose()


def _empty(greenroom: Greenroom) -> None:
    """Before, and after for other tests of the same books."""
    with greenroom.engine.begin() as connection:
        connection.execute(
            text("TRUNCATE users, cohorts, cohort_credits, ledger_entries, ledger_proofs, interview_payments CASCADE")
        )


@dataclasses.dataclass(frozen=True)
class Sponsored:
    greenroom: Greenroom
    cohort_id: str
    ravi: Actor
    admin: Actor
    asha: Actor

    def interview(self) -> str:
        return Story(self.greenroom, self.asha).set_up()

    def pay(self, session_id: str) -> SessionStatus:
        with self.greenroom.uow() as uow:
            status = payments.sponsor(uow, self.asha, session_id, self.cohort_id)
        self.adds_up()
        return status

    def left(self) -> int:
        with self.greenroom.uow() as uow:
            return sponsoring.credit(uow, self.ravi, self.cohort_id).left

    def adds_up(self) -> None:
        with self.greenroom.uow() as uow:
            assert proving.differences(uow).found == ()


@pytest.fixture
def held(greenroom: Greenroom) -> Sponsored:
    ravi, admin = person(greenroom, Role.COACH, "Ravi"), person(greenroom, Role.ADMIN, "Admin")
    asha = person(greenroom, Role.CANDIDATE, "Asha")
    cohort_id, token = cohort_with(greenroom, ravi)
    with greenroom.uow() as uow:
        service.join(uow, asha, token, Share())
        sponsoring.grant(uow, admin, cohort_id, PLENTY)
        sponsoring.set_each(uow, ravi, cohort_id, 1)
    return Sponsored(greenroom, cohort_id, ravi, admin, asha)


def price(held: Sponsored, session_id: str) -> int:
    return Story(held.greenroom, held.asha).view(session_id).pricing.amount


def test_the_credit_pays_once_and_the_interview_is_ready(held: Sponsored) -> None:
    session_id = held.interview()
    assert held.pay(session_id) is SessionStatus.READY
    assert held.left() == PLENTY.amount - price(held, session_id)
    with pytest.raises(AlreadyPaid):
        held.pay(session_id)
    assert held.left() == PLENTY.amount - price(held, session_id)


def test_each_member_has_a_share_and_no_more(held: Sponsored) -> None:
    held.pay(held.interview())
    second = held.interview()
    before = held.left()
    with pytest.raises(NotSponsored):
        held.pay(second)
    assert held.left() == before
    assert Story(held.greenroom, held.asha).view(second).status is SessionStatus.AWAITING_PAYMENT
    with held.greenroom.uow() as uow:
        assert sponsoring.sponsors(uow, held.asha, Money(1, "INR")) == []


def test_a_refund_returns_the_credit_and_the_share_of_it(held: Sponsored) -> None:
    session_id = held.interview()
    held.pay(session_id)
    for _again in range(2):
        with held.greenroom.uow() as uow:
            payments.give_back(uow, session_id)
    assert held.left() == PLENTY.amount
    held.adds_up()
    with held.greenroom.uow() as uow:
        stands = {b.account: b.amount for b in proving.balances(uow)}
        assert [one.cohort_id for one in sponsoring.sponsors(uow, held.asha, Money(1, "INR"))] == [held.cohort_id]
    assert (stands[Account.SPONSORS], stands[Account.RECEIVABLE], stands[Account.PREPAID]) == (10**7, 10**7, 0)


def test_credit_is_not_spent_beyond_what_is_there(held: Sponsored) -> None:
    with held.greenroom.uow() as uow:
        uow.session.execute(text("TRUNCATE cohort_credits, ledger_entries, ledger_proofs"))
        sponsoring.grant(uow, held.admin, held.cohort_id, Money(1, "INR"))
    with pytest.raises(NotSponsored):
        held.pay(held.interview())
    held.adds_up()


def test_who_is_no_member_is_not_paid_for_and_only_admins_grant(held: Sponsored) -> None:
    session_id = held.interview()
    with held.greenroom.uow() as uow:
        service.withdraw(uow, held.asha, held.cohort_id)
    with pytest.raises(NotFound):
        held.pay(session_id)
    with pytest.raises(Forbidden), held.greenroom.uow() as uow:
        sponsoring.grant(uow, held.ravi, held.cohort_id, PLENTY)


def test_credit_outlives_cohort_and_learner_in_the_books(held: Sponsored) -> None:
    held.pay(held.interview())
    with held.greenroom.uow() as uow:
        service.delete(uow, held.ravi, held.cohort_id)
    held.adds_up()
