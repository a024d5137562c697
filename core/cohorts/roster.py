"""The members of a cohort in an order, a page at a time, and as rows for a spreadsheet."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from core.accounts.types import Actor
from core.cohorts import figures, repo
from core.cohorts.filtering import IN_TIME, OF_KIND, parameters
from core.cohorts.service import own
from core.cohorts.types import EVERYTHING, Filters, MemberView
from core.csv_rows import safe
from core.db import Uow
from core.errors import FieldProblem
from core.i18n import N_
from core.paging import Page, decode_cursor, page_of
from core.privacy.audit import Action, note

HEADER = ("learner", "user_id", "interview_id", "date_utc", "type", "difficulty", "score", "range_low", "range_high")
ROWS_AT_ONCE = 1000


class Order(StrEnum):
    NAME = "name"
    INTERVIEWS = "interviews"
    AVERAGE = "averageScore"
    LAST = "lastInterviewAt"


_VALUES: Mapping[Order, str] = {
    Order.NAME: "lower(u.name)",
    Order.INTERVIEWS: "-coalesce(l.interviews, 0)",
    Order.AVERAGE: "coalesce(l.score_sum::double precision / nullif(l.interviews, 0), 101)",
    Order.LAST: "coalesce(extract(epoch FROM f.at), 0)",
}
"""Ascending, so that who may need somebody comes first: the lowest average, the longest away. All but the names."""
_ROSTER = """
    SELECT * FROM (
        SELECT m.user_id, u.name, m.share_scores, l.interviews, l.score_sum, f.at, {value} AS value
        FROM cohort_members m
        JOIN users u ON u.id = m.user_id
        LEFT JOIN cohort_learners l ON l.cohort_id = m.cohort_id AND l.user_id = m.user_id
        LEFT JOIN LATERAL (
            SELECT at FROM cohort_facts WHERE cohort_id = m.cohort_id AND user_id = m.user_id ORDER BY at DESC LIMIT 1
        ) AS f ON true
        WHERE m.cohort_id = :cohort_id
    ) AS roster
"""
_AFTER = "WHERE (value, user_id) > (SELECT value, user_id FROM ({roster}) AS known WHERE user_id = :after)"


def members(
    uow: Uow,
    actor: Actor,
    cohort_id: str,
    *,
    order: Order = Order.NAME,
    limit: int = 20,
    cursor: str | None = None,
) -> Page[MemberView]:
    """A cohort's members; figures that are not shared are None. Raises: Forbidden, NotFound, FieldProblem.

    A cohort for feedback alone is in the order of the names, whatever is asked for: any other would tell its figures.
    """
    cohort = own(uow, actor, cohort_id)
    told_by = Order.NAME if cohort.feedback_only else order
    after = decode_cursor(cursor)
    if after and repo.member(uow, cohort_id, after) is None:
        raise FieldProblem("cursor", N_("This page is no longer there. Start again from the first."))
    roster = _ROSTER.format(value=_VALUES[told_by])
    query = f"{roster} {_AFTER.format(roster=roster) if after else ''} ORDER BY value, user_id LIMIT :limit"
    rows = uow.session.execute(text(query), {"cohort_id": cohort_id, "after": after, "limit": limit + 1})
    at_risk = {} if cohort.feedback_only else {r.user_id: r.reasons for r in figures.at_risk(uow, cohort_id)}
    items = [_member(row, at_risk, hidden=cohort.feedback_only) for row in rows]
    return page_of(items, limit, lambda item: item.user_id)


def _member(row: Any, at_risk: Mapping[str, tuple[str, ...]], *, hidden: bool) -> MemberView:
    if hidden or not row.share_scores:
        return MemberView(row.user_id, row.name, None, None, None, None)
    held = row.interviews or 0
    return MemberView(
        user_id=row.user_id,
        name=row.name,
        interviews=held,
        average_score=round(row.score_sum / held, 1) if held else None,
        last_interview_at=row.at,
        at_risk=at_risk.get(row.user_id, ()),
    )


def names_of(uow: Uow, actor: Actor, cohort_id: str, user_ids: Sequence[str]) -> dict[str, str]:
    """The names of those among these who are members. Raises: Forbidden, NotFound."""
    own(uow, actor, cohort_id)
    return repo.member_names(uow, cohort_id, user_ids)


def export_rows(uow: Uow, actor: Actor, cohort_id: str, filters: Filters = EVERYTHING) -> Iterator[tuple[Any, ...]]:
    """A header, then every counted interview that the filters leave, oldest first. Raises: Forbidden, NotFound."""
    cohort = own(uow, actor, cohort_id)
    note(uow, actor, Action.COHORT_EXPORTED, cohort_id)
    yield HEADER
    if cohort.feedback_only:
        return
    query = text(f"""
        SELECT u.name, f.user_id, f.session_id, f.at, f.type, f.difficulty, f.score, f.low, f.high
        FROM cohort_facts f JOIN users u ON u.id = f.user_id
        WHERE f.cohort_id = :cohort_id AND (f.at, f.session_id) > (:at, :session_id) {IN_TIME} {OF_KIND}
        ORDER BY f.at, f.session_id LIMIT :limit
    """)  # noqa: S608  our own constants
    at, session_id = "-infinity", ""
    while True:
        values = {"cohort_id": cohort_id, "at": at, "session_id": session_id, "limit": ROWS_AT_ONCE,
                  **parameters(filters)}  # fmt: skip
        rows = uow.session.execute(query, values).all()
        for name, user, session, moment, kind, difficulty, score, low, high in rows:
            yield safe(name), user, session, moment.strftime("%Y-%m-%d"), kind, difficulty, score, low, high
        if len(rows) < ROWS_AT_ONCE:
            return
        at, session_id = rows[-1].at, rows[-1].session_id
