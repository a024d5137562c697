"""Who coaches a cohort: one who coaches it may ask others in, and nobody can leave it without one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from core.accounts.models import User
from core.accounts.rules import normal_email
from core.accounts.types import Actor, Role
from core.cohorts.errors import LastCoach, NoSuchCoach
from core.cohorts.models import CohortCoach
from core.cohorts.service import own
from core.db import Uow
from core.errors import NotFound
from core.privacy.audit import Action, note


@dataclass(frozen=True)
class CoachView:
    user_id: str
    name: str
    email: str
    added_at: datetime


def coaches(uow: Uow, actor: Actor, cohort_id: str) -> list[CoachView]:
    """The cohort's coaches, the first one first. Raises: Forbidden, NotFound."""
    own(uow, actor, cohort_id)
    query = (
        select(CohortCoach, User.name, User.email)
        .join(User, User.id == CohortCoach.user_id)
        .where(CohortCoach.cohort_id == cohort_id)
        .order_by(CohortCoach.added_at, CohortCoach.user_id)
    )
    return [CoachView(row.user_id, name, email, row.added_at) for row, name, email in uow.session.execute(query)]


def add(uow: Uow, actor: Actor, cohort_id: str, email: str) -> None:
    """Let another coach see and run the cohort as the caller does. Safe to repeat.

    Raises: Forbidden, NotFound, FieldProblem, NoSuchCoach.
    """
    own(uow, actor, cohort_id)
    query = select(User).where(User.email == normal_email(email), User.role.in_((Role.COACH, Role.ADMIN)))
    other = uow.session.scalars(query).one_or_none()
    if other is None:
        raise NoSuchCoach
    statement = insert(CohortCoach).values(cohort_id=cohort_id, user_id=other.id, added_at=uow.now)
    uow.session.execute(statement.on_conflict_do_nothing())
    note(uow, actor, Action.COACH_ADDED, other.id)


def remove(uow: Uow, actor: Actor, cohort_id: str, user_id: str) -> None:
    """Take a coach out, oneself included. Raises: Forbidden, NotFound, LastCoach."""
    own(uow, actor, cohort_id, hold=True)
    count = uow.session.scalar(select(func.count()).where(CohortCoach.cohort_id == cohort_id))
    row = uow.session.get(CohortCoach, (cohort_id, user_id))
    if row is None:
        raise NotFound("coach")
    if count == 1:
        raise LastCoach(cohort_id)
    uow.session.delete(row)
    note(uow, actor, Action.COACH_REMOVED, user_id)
