"""A cohort's credit: granted by an admin against an invoice, spent on members' interviews, returned with a refund.

Each movement stands in the ledger as well; `core.ledger.service.differences` holds the two against each other.
"""

from dataclasses import dataclass

from sqlalchemy import func, select

from core.accounts.policy import require_admin
from core.accounts.types import Actor
from core.cohorts import repo
from core.cohorts.errors import NotSponsored
from core.cohorts.models import Cohort, CohortCredit, CohortMember
from core.cohorts.service import own
from core.db import Uow
from core.errors import FieldProblem, NotFound
from core.i18n import N_
from core.ids import new_id
from core.ledger import service as ledger
from core.ledger.models import Movement
from core.money import Money
from core.privacy.audit import Action, note

MAX_GRANT = 100_000_000
MAX_EACH = 100


@dataclass(frozen=True)
class Credit:
    """What is left, in minor units, and how many interviews of one member it pays for."""

    left: int
    currency: str
    each: int


@dataclass(frozen=True)
class Sponsor:
    cohort_id: str
    name: str


def credit(uow: Uow, actor: Actor, cohort_id: str, *, currency: str = "INR") -> Credit:
    """Raises: Forbidden, NotFound."""
    found = own(uow, actor, cohort_id)
    return Credit(_left(uow, cohort_id, currency), currency, found.sponsored_each)


def grant(uow: Uow, actor: Actor, cohort_id: str, money: Money) -> None:
    """Add credit that the institution is invoiced for. Raises: Forbidden (admins alone), NotFound, FieldProblem."""
    require_admin(actor)
    own(uow, actor, cohort_id, hold=True)
    if not 0 < money.amount <= MAX_GRANT:
        raise FieldProblem("amount", N_("More than nothing, and at most {limit}."), words={"limit": MAX_GRANT // 100})
    credit_id = new_id("crd")
    _move(uow, "granted", money.amount, money.currency, cohort_id=cohort_id, payment_id=credit_id)
    ledger.book(uow, Movement.GRANTED, money, reference=credit_id)
    note(uow, actor, Action.CREDIT_GRANTED, cohort_id)


def set_each(uow: Uow, actor: Actor, cohort_id: str, each: int) -> None:
    """How many interviews of one member the credit pays for; 0 pays for none. Raises: Forbidden, NotFound."""
    found = own(uow, actor, cohort_id, hold=True)
    if not 0 <= each <= MAX_EACH:
        raise FieldProblem("each", N_("0 to {limit}."), words={"limit": MAX_EACH})
    found.sponsored_each = each
    note(uow, actor, Action.COHORT_CHANGED, cohort_id)


def sponsors(uow: Uow, actor: Actor, money: Money) -> list[Sponsor]:
    """Cohorts that would pay for an interview of the caller's at this price."""
    query = (
        select(Cohort)
        .join(CohortMember, CohortMember.cohort_id == Cohort.id)
        .where(CohortMember.user_id == actor.user_id, Cohort.sponsored_each > 0, Cohort.archived_at.is_(None))
        .order_by(Cohort.id)
    )
    return [Sponsor(c.id, c.name) for c in uow.session.scalars(query) if _would_pay(uow, c, actor.user_id, money)]


def payer_of(uow: Uow, payment_id: str) -> str | None:
    """The name of the cohort whose credit paid for an interview; None where none did or it was deleted since."""
    query = (
        select(Cohort.name)
        .join(CohortCredit, CohortCredit.cohort_id == Cohort.id)
        .where(CohortCredit.payment_id == payment_id, CohortCredit.reason == "spent")
    )
    return uow.session.scalars(query).one_or_none()


def spend(uow: Uow, actor: Actor, cohort_id: str, payment_id: str, money: Money) -> None:
    """Take the price of one interview of the caller's from a cohort's credit. The cohort's row is locked.

    Raises: NotFound (no member), NotSponsored (no credit, or the caller's share of it is used up).
    """
    found = uow.session.get(Cohort, cohort_id, with_for_update=True)
    if found is None or found.archived_at or repo.member(uow, cohort_id, actor.user_id) is None:
        raise NotFound("cohort")
    if not _would_pay(uow, found, actor.user_id, money):
        raise NotSponsored(cohort_id)
    _move(
        uow, "spent", -money.amount, money.currency, cohort_id=cohort_id, user_id=actor.user_id, payment_id=payment_id
    )
    ledger.book(uow, Movement.SPONSORED, money, reference=payment_id)


def take_back(uow: Uow, payment_id: str, money: Money) -> None:
    """Return the price of an interview to the credit it came from. Safe to repeat."""
    query = select(CohortCredit).where(CohortCredit.payment_id == payment_id, CohortCredit.reason == "spent")
    spent = uow.session.scalars(query).one()
    if ledger.book(uow, Movement.RETURNED, money, reference=payment_id):
        _move(
            uow,
            "returned",
            money.amount,
            money.currency,
            cohort_id=spent.cohort_id,
            user_id=spent.user_id,
            payment_id=payment_id,
        )


def _would_pay(uow: Uow, cohort: Cohort, user_id: str, money: Money) -> bool:
    counted = {"spent": 1, "returned": -1}
    query = select(CohortCredit.reason, func.count()).where(
        CohortCredit.cohort_id == cohort.id, CohortCredit.user_id == user_id
    )
    used = sum(counted.get(reason, 0) * n for reason, n in uow.session.execute(query.group_by(CohortCredit.reason)))
    return used < cohort.sponsored_each and 0 < money.amount <= _left(uow, cohort.id, money.currency)


def _left(uow: Uow, cohort_id: str, currency: str) -> int:
    query = select(func.sum(CohortCredit.amount)).where(
        CohortCredit.cohort_id == cohort_id, CohortCredit.currency == currency
    )
    return int(uow.session.scalar(query) or 0)


def _move(
    uow: Uow,
    reason: str,
    amount: int,
    currency: str,
    *,
    cohort_id: str | None,
    payment_id: str,
    user_id: str | None = None,
) -> None:
    uow.session.add(
        CohortCredit(
            id=new_id("crd"),
            cohort_id=cohort_id,
            user_id=user_id,
            payment_id=payment_id,
            reason=reason,
            amount=amount,
            currency=currency,
            created_at=uow.now,
        )
    )
    uow.session.flush()
