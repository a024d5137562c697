"""Practice a coach asks a cohort for. Who has done it follows from interviews, so nobody has to report it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from core.accounts.types import Actor
from core.cohorts.errors import Archived
from core.cohorts.models import CohortAssignment, CohortMember
from core.cohorts.service import own
from core.db import Uow
from core.errors import FieldProblem, NotFound
from core.i18n import N_
from core.ids import new_id
from core.interviews.catalogue import FOCUS_AREAS, MAX_FOCUS_AREAS, Difficulty, InterviewType
from core.notifications import service as notifications
from core.paging import Page, decode_cursor, page_of

MAX_DAYS, MAX_ATTEMPTS = 180, 20
_HELD = """
    SELECT count(*) FROM (
        SELECT FROM cohort_facts f
        WHERE f.cohort_id = m.cohort_id AND f.user_id = m.user_id AND f.type = a.type
          AND f.at >= a.created_at AND (a.difficulty IS NULL OR f.difficulty = a.difficulty)
          AND (cardinality(a.focus) = 0 OR jsonb_exists_any(f.competencies, CAST(a.focus AS text[])))
        LIMIT a.attempts
    ) AS held
"""
"""Interviews of a member `m` that count for an assignment `a`, as many as it asks for at most."""
GIVEN = text(f"""
    SELECT a.*, counted.done, counted.of
    FROM (
        SELECT * FROM cohort_assignments
        WHERE cohort_id = :cohort_id AND closed_at IS NULL AND (:before = '' OR id < :before)
        ORDER BY id DESC
        LIMIT :limit
    ) AS a
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE m.share_scores AND ({_HELD}) >= a.attempts) AS done, count(*) AS of
        FROM cohort_members m
        WHERE m.cohort_id = a.cohort_id
    ) AS counted
    ORDER BY a.id DESC
""")  # noqa: S608  our own constants
DONE_BY = text(f"""
    SELECT m.user_id, u.name, CASE WHEN m.share_scores THEN ({_HELD}) END AS held
    FROM cohort_assignments a
    JOIN cohort_members m ON m.cohort_id = a.cohort_id
    JOIN users u ON u.id = m.user_id
    WHERE a.id = :assignment_id
    ORDER BY lower(u.name), m.user_id
""")  # noqa: S608  as above
ASKED = text("""
    SELECT * FROM (
        SELECT a.*, c.name AS cohort, own.held, a.due_at <= :now AS overdue,
               greatest(a.due_at - :now, :now - a.due_at) AS away
        FROM cohort_members m
        JOIN cohorts c ON c.id = m.cohort_id
        JOIN cohort_assignments a ON a.cohort_id = c.id
        JOIN LATERAL (
            SELECT count(*) AS held FROM (
                SELECT FROM interview_sessions s
                WHERE s.user_id = m.user_id AND s.type = a.type AND s.status = 'completed' AND NOT s.study
                  AND s.ended_at >= a.created_at
                  AND (a.difficulty IS NULL OR s.difficulty = a.difficulty)
                  AND (cardinality(a.focus) = 0 OR EXISTS (
                      SELECT FROM interview_questions q WHERE q.session_id = s.id AND q.competency = ANY(a.focus)
                  ))
                LIMIT a.attempts
            ) AS counted
        ) AS own ON true
        WHERE m.user_id = :user_id AND a.closed_at IS NULL AND c.archived_at IS NULL
          AND (own.held < a.attempts OR a.due_at > :now)
    ) AS asked
    WHERE (overdue, away, id) > (:overdue, :away, :after)
    ORDER BY overdue, away, id
    LIMIT :limit
""")


@dataclass(frozen=True)
class Assignment:
    assignment_id: str
    cohort_id: str
    cohort: str
    type: InterviewType
    difficulty: Difficulty | None
    focus: tuple[str, ...]
    attempts: int
    created_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Assigned:
    """One's own assignment with how many of its interviews one has held."""

    what: Assignment
    held: int

    @property
    def done(self) -> bool:
        return self.held >= self.what.attempts


@dataclass(frozen=True)
class Doer:
    """`held` is None for a learner who does not share scores."""

    user_id: str
    name: str
    held: int | None


@dataclass(frozen=True)
class Progress:
    """`done` counts learners, among all `of` the cohort, who share their scores and have held what is asked for."""

    what: Assignment
    done: int
    of: int


def assign(
    uow: Uow,
    actor: Actor,
    cohort_id: str,
    *,
    type: InterviewType,
    difficulty: Difficulty | None,
    focus: Sequence[str],
    attempts: int,
    due_in_days: int,
) -> str:
    """Ask every member for practice, and tell them. Returns its id.

    Raises: Forbidden, NotFound, Archived, FieldProblem.
    """
    found = own(uow, actor, cohort_id)
    if found.archived_at:
        raise Archived(cohort_id)
    if not set(focus) <= set(FOCUS_AREAS[type]) or len(set(focus)) > MAX_FOCUS_AREAS:
        raise FieldProblem("focus", N_("Up to {limit} areas of this type."), words={"limit": MAX_FOCUS_AREAS})
    if not 1 <= attempts <= MAX_ATTEMPTS:
        raise FieldProblem("attempts", N_("1 to {limit}."), words={"limit": MAX_ATTEMPTS})
    if not 1 <= due_in_days <= MAX_DAYS:
        raise FieldProblem("due", N_("Due in 1 to {limit} days."), words={"limit": MAX_DAYS})
    row = CohortAssignment(
        id=new_id("asg"),
        cohort_id=cohort_id,
        type=type,
        difficulty=difficulty,
        focus=list(dict.fromkeys(focus)),
        attempts=attempts,
        created_by=actor.user_id,
        created_at=uow.now,
        due_at=uow.now + timedelta(days=due_in_days),
    )
    uow.session.add(row)
    uow.session.flush()
    members = uow.session.scalars(select(CohortMember.user_id).where(CohortMember.cohort_id == cohort_id))
    for user_id in members.all():
        notifications.tell(uow, user_id, "assignment", row.id, {"cohortId": cohort_id})
    return row.id


def close(uow: Uow, actor: Actor, cohort_id: str, assignment_id: str) -> None:
    """Ask for it no longer. Safe to repeat. Raises: Forbidden, NotFound."""
    own(uow, actor, cohort_id)
    row = _of_cohort(uow, cohort_id, assignment_id)
    row.closed_at = row.closed_at or uow.now


def progress(uow: Uow, actor: Actor, cohort_id: str, *, limit: int = 10, cursor: str | None = None) -> Page[Progress]:
    """What is asked for, newest first, with how many have done it, as far as they share it.

    Raises: Forbidden, NotFound, FieldProblem.
    """
    cohort = own(uow, actor, cohort_id)
    page = {"cohort_id": cohort_id, "before": decode_cursor(cursor) or "", "limit": limit + 1}
    items = [Progress(_view(row, cohort.name), row.done, row.of) for row in uow.session.execute(GIVEN, page)]
    return page_of(items, limit, lambda item: item.what.assignment_id)


def done_by(uow: Uow, actor: Actor, cohort_id: str, assignment_id: str) -> list[Doer]:
    """Every learner with how far they are, by name; nobody where the cohort shows aggregates alone.

    Raises: Forbidden, NotFound.
    """
    cohort = own(uow, actor, cohort_id)
    row = _of_cohort(uow, cohort_id, assignment_id)
    if cohort.feedback_only:
        return []
    return [Doer(r.user_id, r.name, r.held) for r in uow.session.execute(DONE_BY, {"assignment_id": row.id})]


def _of_cohort(uow: Uow, cohort_id: str, assignment_id: str) -> CohortAssignment:
    row = uow.session.get(CohortAssignment, assignment_id)
    if row is None or row.cohort_id != cohort_id:
        raise NotFound("assignment")
    return row


def assigned_to_me(uow: Uow, actor: Actor, *, limit: int = 10, cursor: str | None = None) -> Page[Assigned]:
    """What the caller's coaches ask of them: the soonest due first, then what is overdue, the longest last.

    What is done stays until it is due. A page after what is gone is the first.

    Raises: FieldProblem.
    """
    after = decode_cursor(cursor)
    last = uow.session.get(CohortAssignment, after) if after else None
    place = {
        "overdue": last is not None and last.due_at <= uow.now,
        "away": abs(last.due_at - uow.now) if last else timedelta(0),
        "after": last.id if last else "",
    }
    rows = uow.session.execute(ASKED, {**place, "user_id": actor.user_id, "now": uow.now, "limit": limit + 1})
    items = [Assigned(_view(row, row.cohort), row.held) for row in rows]
    return page_of(items, limit, lambda item: item.what.assignment_id)


def _view(row: Any, cohort: str) -> Assignment:
    return Assignment(
        assignment_id=row.id,
        cohort_id=row.cohort_id,
        cohort=cohort,
        type=InterviewType(row.type),
        difficulty=Difficulty(row.difficulty) if row.difficulty else None,
        focus=tuple(row.focus),
        attempts=row.attempts,
        created_at=row.created_at,
        due_at=row.due_at,
    )
