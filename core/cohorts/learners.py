"""One member of a cohort as they show themselves to its coaches: figures over all that counts, and a page of it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, func, select, tuple_

from core.accounts.types import Actor
from core.cohorts import growth, repo, risk
from core.cohorts.models import ALL_DAYS, Cohort, CohortCompetency, CohortFact, CohortLearner, CohortMember
from core.cohorts.service import own, share_of
from core.cohorts.types import CompetencyMean, LearnerInterview, LearnerView
from core.db import Uow
from core.errors import FieldProblem, NotFound
from core.i18n import N_
from core.interviews.catalogue import Difficulty, InterviewType
from core.paging import Page, decode_cursor, page_of
from core.privacy.audit import Action, note

LATEST = 500
JUDGED_BY = 3
"""Interviews that the rules of `risk` look at."""


def learner(uow: Uow, actor: Actor, cohort_id: str, user_id: str, *, latest: int = LATEST) -> LearnerView:
    """A member as shared; what is not shared is None. Of the interviews only the latest are in it.

    Raises: Forbidden, NotFound.
    """
    found, member, name = _member(uow, actor, cohort_id, user_id)
    share = share_of(member)
    if not _shows_scores(found, member):
        return LearnerView(user_id, name, member.joined_at, share, None, None, None, None, None)
    note(uow, actor, Action.LEARNER_SEEN, user_id)
    rows = uow.session.execute(_newest_first(cohort_id, user_id).limit(max(latest, JUDGED_BY))).all()
    sums = uow.session.get(CohortLearner, (cohort_id, user_id))
    counted = sums.interviews if sums else 0
    return LearnerView(
        user_id=user_id,
        name=name,
        joined_at=member.joined_at,
        share=share,
        interviews=tuple(_interviews(rows[:latest])),
        counted=counted,
        average_score=round(sums.score_sum / counted, 1) if sums and counted else None,
        competencies=_competencies(uow, cohort_id, user_id),
        at_risk=risk.reasons(rows[:JUDGED_BY], joined_at=member.joined_at, now=uow.now),
        percentile=growth.percentile(uow, cohort_id, user_id),
    )


def interviews(
    uow: Uow, actor: Actor, cohort_id: str, user_id: str, *, limit: int = 10, cursor: str | None = None
) -> Page[LearnerInterview]:
    """A member's counted interviews, newest first; none where scores are not shared.

    Raises: Forbidden, NotFound, FieldProblem.
    """
    found, member, _name = _member(uow, actor, cohort_id, user_id)
    if not _shows_scores(found, member):
        return Page((), None)
    query = _newest_first(cohort_id, user_id)
    if before := decode_cursor(cursor):
        last = uow.session.get(CohortFact, (cohort_id, before))
        if last is None or last.user_id != user_id:
            raise FieldProblem("cursor", N_("This page is no longer there. Start again from the first."))
        query = query.where(tuple_(CohortFact.at, CohortFact.session_id) < (last.at, last.session_id))
    rows = uow.session.execute(query.limit(limit + 1))
    return page_of(list(_interviews(rows)), limit, lambda item: item.session_id)


def _member(uow: Uow, actor: Actor, cohort_id: str, user_id: str) -> tuple[Cohort, CohortMember, str]:
    found = own(uow, actor, cohort_id)
    named = repo.named_member(uow, cohort_id, user_id)
    if named is None:
        raise NotFound("member")
    return found, *named


def _shows_scores(found: Cohort, member: CohortMember) -> bool:
    return member.share_scores and not found.feedback_only


def _newest_first(cohort_id: str, user_id: str) -> Select[*tuple[Any, ...]]:
    fact = CohortFact
    return (
        select(fact.session_id, fact.at, fact.type, fact.difficulty, fact.score, fact.low, fact.high, fact.skipped)
        .where(fact.cohort_id == cohort_id, fact.user_id == user_id)
        .order_by(fact.at.desc(), fact.session_id.desc())
    )


def _interviews(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterable[LearnerInterview]:
    for row in rows:
        yield LearnerInterview(
            row.session_id, row.at, InterviewType(row.type), Difficulty(row.difficulty), row.score, row.low, row.high
        )


def _competencies(uow: Uow, cohort_id: str, user_id: str) -> tuple[CompetencyMean, ...]:
    sums = CohortCompetency
    query = select(sums.competency, func.sum(sums.n), func.sum(sums.score_sum)).where(
        sums.cohort_id == cohort_id,
        sums.day == ALL_DAYS,
        # Every type and level there is: with them the key leads to the learner, without them through the cohort.
        sums.type.in_(list(InterviewType)),
        sums.difficulty.in_(list(Difficulty)),
        sums.user_id == user_id,
        sums.n > 0,
    )
    rows = uow.session.execute(query.group_by(sums.competency).order_by(sums.competency))
    return tuple(CompetencyMean(name, int(n), round(int(total) / int(n), 1)) for name, n, total in rows)
