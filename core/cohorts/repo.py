"""Every query on cohorts but for the figures."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, func, select

from core.accounts.models import User
from core.cohorts.models import Cohort, CohortCoach, CohortInvitation, CohortMember
from core.db import Uow


def cohort_of(uow: Uow, cohort_id: str, *, coach_id: str | None, hold: bool = False) -> Cohort | None:
    """A cohort somebody coaches; `coach_id` None finds it for an admin."""
    query = select(Cohort).where(Cohort.id == cohort_id)
    if coach_id:
        query = query.join(CohortCoach).where(CohortCoach.user_id == coach_id)
    return uow.session.scalars(query.with_for_update(of=Cohort) if hold else query).one_or_none()


def cohorts_page(
    uow: Uow, *, coach_id: str | None, limit: int, before_id: str | None, with_archived: bool
) -> Sequence[tuple[Cohort, int]]:
    members = select(func.count()).where(CohortMember.cohort_id == Cohort.id).correlate(Cohort).scalar_subquery()
    query = select(Cohort, members)
    if coach_id:
        query = query.join(CohortCoach).where(CohortCoach.user_id == coach_id)
    if before_id:
        query = query.where(Cohort.id < before_id)
    if not with_archived:
        query = query.where(Cohort.archived_at.is_(None))
    return [(row[0], row[1]) for row in uow.session.execute(query.order_by(Cohort.id.desc()).limit(limit))]


def member_count(uow: Uow, cohort_id: str) -> int:
    return int(uow.session.scalar(select(func.count()).where(CohortMember.cohort_id == cohort_id)) or 0)


def member(uow: Uow, cohort_id: str, user_id: str) -> CohortMember | None:
    return uow.session.get(CohortMember, (cohort_id, user_id))


def named_member(uow: Uow, cohort_id: str, user_id: str) -> tuple[CohortMember, str] | None:
    query = (
        select(CohortMember, User.name)
        .join(User, User.id == CohortMember.user_id)
        .where(CohortMember.cohort_id == cohort_id, CohortMember.user_id == user_id)
    )
    row = uow.session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def member_names(uow: Uow, cohort_id: str, user_ids: Sequence[str]) -> dict[str, str]:
    query = (
        select(User.id, User.name)
        .join(CohortMember, CohortMember.user_id == User.id)
        .where(CohortMember.cohort_id == cohort_id, User.id.in_(user_ids))
    )
    return {row[0]: row[1] for row in uow.session.execute(query)}


def memberships(uow: Uow, user_id: str) -> Sequence[tuple[CohortMember, Cohort]]:
    query = (
        select(CohortMember, Cohort)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(CohortMember.user_id == user_id)
        .order_by(Cohort.id.desc())
    )
    return [(row[0], row[1]) for row in uow.session.execute(query)]


def sharing_reports(coach_id: str | None) -> Select[str]:
    """Ids of learners who share reports, where one learner's may be looked at; to be used inside another query."""
    query = (
        select(CohortMember.user_id)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(CohortMember.share_reports, Cohort.feedback_only.is_(False))
    )
    if coach_id:
        query = query.join(CohortCoach, CohortCoach.cohort_id == Cohort.id).where(CohortCoach.user_id == coach_id)
    return query


def delete_member(uow: Uow, cohort_id: str, user_id: str) -> bool:
    """Facts go with the row, and what they counted for with them."""
    statement = delete(CohortMember).where(CohortMember.cohort_id == cohort_id, CohortMember.user_id == user_id)
    return uow.session.scalar(statement.returning(CohortMember.user_id)) is not None


def live_invitation(uow: Uow, token_hash: str, now: datetime) -> CohortInvitation | None:
    query = select(CohortInvitation).where(CohortInvitation.token_hash == token_hash, CohortInvitation.expires_at > now)
    return uow.session.scalars(query).one_or_none()
