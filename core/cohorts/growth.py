"""How learners move: reliable change between comparable interviews, who is active, and where one stands.

Each reads the ends of an index for each member, so that the cost follows the members and not their interviews.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from statistics import median

from sqlalchemy import text

from core.cohorts.filtering import IN_TIME, OF_KIND, parameters
from core.cohorts.risk import reliable_change
from core.cohorts.types import Filters, Percentile
from core.db import Uow

CERTAIN, PROBABLE = 1.96, 1.28
"""From these indices on a change is called certain or probable (Jacobson and Truax, 1991)."""
PERCENTILE_FROM = 20
"""Learners below which nobody's place among them is told."""
ACTIVE_DAYS = (7, 14, 30)
ENDS = text(f"""
    SELECT m.user_id, first.score AS before, last.score AS after
    FROM cohort_members m
    JOIN LATERAL (
        SELECT f.session_id, f.type, f.difficulty, f.score FROM cohort_facts f
        WHERE f.cohort_id = m.cohort_id AND f.user_id = m.user_id {IN_TIME} {OF_KIND}
        ORDER BY f.at DESC LIMIT 1
    ) AS last ON true
    JOIN LATERAL (
        SELECT f.session_id, f.score FROM cohort_facts f
        WHERE f.cohort_id = m.cohort_id AND f.user_id = m.user_id
          AND f.type = last.type AND f.difficulty = last.difficulty {IN_TIME}
        ORDER BY f.at LIMIT 1
    ) AS first ON first.session_id <> last.session_id
    WHERE m.cohort_id = :cohort_id AND m.share_scores
    ORDER BY m.user_id
""")  # noqa: S608  our own constants
LAST_SEEN = text(f"""
    SELECT last.at FROM cohort_members m LEFT JOIN LATERAL (
        SELECT f.at FROM cohort_facts f
        WHERE f.cohort_id = m.cohort_id AND f.user_id = m.user_id {OF_KIND} ORDER BY f.at DESC LIMIT 1
    ) AS last ON true
    WHERE m.cohort_id = :cohort_id AND m.share_scores
""")  # noqa: S608  as above
AVERAGES = text("""
    SELECT user_id, score_sum::double precision / interviews AS average FROM cohort_learners
    WHERE cohort_id = :cohort_id AND interviews > 0
""")


@dataclass(frozen=True)
class Growth:
    """From each learner's first to their last interview of one type and difficulty. Counts of learners."""

    n: int
    median: float | None
    """Points; None where nobody has two comparable interviews."""
    improved: int
    probably_improved: int
    unclear: int
    probably_declined: int
    declined: int


@dataclass(frozen=True)
class Activity:
    """Of the `n` learners who share scores, how many held an interview in the last so many days."""

    n: int
    active: tuple[tuple[int, int], ...]
    """(days, learners)."""
    never: int


def growth(uow: Uow, cohort_id: str, filters: Filters) -> Growth:
    """Growth of everybody with two comparable interviews among those the filters leave."""
    rows = uow.session.execute(ENDS, {"cohort_id": cohort_id, **parameters(filters)})
    return grown([(row.before, row.after) for row in rows])


def grown(ends: Sequence[tuple[int, int]]) -> Growth:
    """What pairs of a first and a last score (0-100) say together."""
    changes = [reliable_change(before, after) for before, after in ends]
    return Growth(
        n=len(ends),
        median=float(median(after - before for before, after in ends)) if ends else None,
        improved=sum(c > CERTAIN for c in changes),
        probably_improved=sum(PROBABLE < c <= CERTAIN for c in changes),
        unclear=sum(abs(c) <= PROBABLE for c in changes),
        probably_declined=sum(-CERTAIN <= c < -PROBABLE for c in changes),
        declined=sum(c < -CERTAIN for c in changes),
    )


def activity(uow: Uow, cohort_id: str, filters: Filters) -> Activity:
    """Who has been practising the filters' type and difficulty lately, counted up to now whatever their days."""
    kind = {"type": filters.type or "", "difficulty": filters.difficulty or ""}
    seen: list[datetime | None] = list(uow.session.scalars(LAST_SEEN, {"cohort_id": cohort_id, **kind}))
    times = [at for at in seen if at is not None]
    return Activity(
        n=len(seen),
        active=tuple((days, sum(uow.now - at <= timedelta(days=days) for at in times)) for days in ACTIVE_DAYS),
        never=len(seen) - len(times),
    )


def percentile(uow: Uow, cohort_id: str, user_id: str) -> Percentile | None:
    """Where a learner's average lies among the learners' averages.

    Returns None below twenty learners with an interview, or where this one has none: a place would be chance.
    """
    averages = {row.user_id: row.average for row in uow.session.execute(AVERAGES, {"cohort_id": cohort_id})}
    if len(averages) < PERCENTILE_FROM or user_id not in averages:
        return None
    return place(averages[user_id], list(averages.values()))


def place(own: float, everybody: Sequence[float]) -> Percentile:
    """The mid-rank percentile of one value among all, itself included, with a normal interval of the share."""
    n = len(everybody)
    share = (sum(value < own for value in everybody) + 0.5 * sum(value == own for value in everybody)) / n
    half = CERTAIN * sqrt(share * (1 - share) / n)
    return Percentile(
        round(100 * share, 1), round(100 * max(0.0, share - half), 1), round(100 * min(1.0, share + half), 1), n
    )
