"""Whether a cohort's figures are what counting every interview anew gives, told without the triggers' own code."""

from collections.abc import Mapping
from datetime import timedelta

import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.cohorts import rollups
from core.cohorts.errors import NotProven
from core.cohorts.models import Cohort
from core.cohorts.rollups import COLUMNS, FACTS
from core.db import Transactions, Uow

log = structlog.get_logger(__name__)
AT_ONCE = 200
LONGEST = timedelta(minutes=10)
"""Counting a large cohort anew takes minutes; nobody waits for it, by night and without a lock."""
_PAIRS: Mapping[str, tuple[str, str]] = {
    "cohort_facts": (
        FACTS.format(which="m.cohort_id = :cohort_id"),
        f"SELECT {COLUMNS} FROM cohort_facts WHERE cohort_id = :cohort_id",  # noqa: S608  our own constants
    ),
    "cohort_days": (
        """SELECT d.day, f.type, f.difficulty, count(*), sum(f.score), sum(f.score * f.score)
           FROM cohort_facts f CROSS JOIN LATERAL (VALUES (DATE '0001-01-01'), (f.day)) AS d (day)
           WHERE f.cohort_id = :cohort_id GROUP BY 1, 2, 3""",
        """SELECT day, type, difficulty, interviews, score_sum, square_sum FROM cohort_days
           WHERE cohort_id = :cohort_id AND interviews <> 0""",
    ),
    "histograms": (
        """SELECT d.day, f.type, f.difficulty, f.score, count(*)
           FROM cohort_facts f CROSS JOIN LATERAL (VALUES (DATE '0001-01-01'), (f.day)) AS d (day)
           WHERE f.cohort_id = :cohort_id GROUP BY 1, 2, 3, 4""",
        """SELECT t.day, t.type, t.difficulty, h.place - 1, h.held
           FROM cohort_days t CROSS JOIN LATERAL unnest(t.histogram) WITH ORDINALITY AS h (held, place)
           WHERE t.cohort_id = :cohort_id AND h.held <> 0""",
    ),
    "cohort_competencies": (
        """SELECT d.day, f.type, f.difficulty, f.user_id, part.key, count(*), sum(part.value::integer)
           FROM cohort_facts f CROSS JOIN LATERAL (VALUES (DATE '0001-01-01'), (f.day)) AS d (day)
           CROSS JOIN LATERAL jsonb_each_text(f.competencies) AS part
           WHERE f.cohort_id = :cohort_id GROUP BY 1, 2, 3, 4, 5""",
        """SELECT day, type, difficulty, user_id, competency, n, score_sum FROM cohort_competencies
           WHERE cohort_id = :cohort_id AND n <> 0""",
    ),
    "cohort_day_competencies": (
        """SELECT d.day, f.type, f.difficulty, part.key, count(*), sum(part.value::integer)
           FROM cohort_facts f CROSS JOIN LATERAL (VALUES (DATE '0001-01-01'), (f.day)) AS d (day)
           CROSS JOIN LATERAL jsonb_each_text(f.competencies) AS part
           WHERE f.cohort_id = :cohort_id GROUP BY 1, 2, 3, 4""",
        """SELECT day, type, difficulty, competency, n, score_sum FROM cohort_day_competencies
           WHERE cohort_id = :cohort_id""",
    ),
    "cohort_learners": (
        "SELECT user_id, count(*), sum(score) FROM cohort_facts WHERE cohort_id = :cohort_id GROUP BY 1",
        """SELECT user_id, interviews, score_sum FROM cohort_learners
           WHERE cohort_id = :cohort_id AND interviews <> 0""",
    ),
    "cohort_questions": (
        """SELECT a.id, count(*), sum(a.x), count(a.y), coalesce(sum(a.x) FILTER (WHERE a.y IS NOT NULL), 0),
                  coalesce(sum(a.x * a.x) FILTER (WHERE a.y IS NOT NULL), 0),
                  coalesce(sum(a.y), 0), coalesce(sum(a.y * a.y), 0), coalesce(sum(a.x * a.y), 0)
           FROM cohort_facts f CROSS JOIN LATERAL (
               SELECT one ->> 0 AS id, (one ->> 1)::integer AS x, (one ->> 2)::bigint AS y
               FROM jsonb_array_elements(f.questions) AS one
           ) AS a WHERE f.cohort_id = :cohort_id GROUP BY 1""",
        """SELECT source_id, n, score_sum, paired, x, xx, y, yy, xy FROM cohort_questions
           WHERE cohort_id = :cohort_id AND n <> 0""",
    ),
}
"""What counting anew gives and what is kept, by table."""


def differences(uow: Uow, cohort_id: str) -> dict[str, int]:
    """Rows that are kept and should not be, or should be and are not, by table; empty where all is as it should be.

    Each table is compared in one statement, which sees an interview with all that was counted of it or not at all:
    nothing is held, and reports of the cohort are written meanwhile.
    """
    uow.allow(LONGEST)
    found = {name: _difference(uow, cohort_id, *pair) for name, pair in _PAIRS.items()}
    return {name: rows for name, rows in found.items() if rows}


def _difference(uow: Uow, cohort_id: str, expected: str, kept: str) -> int:
    query = f"""
        SELECT count(*) FROM (
            (({expected}) EXCEPT ALL ({kept})) UNION ALL (({kept}) EXCEPT ALL ({expected}))
        ) AS other
    """  # noqa: S608  our own constants
    return int(uow.session.scalar(text(query), {"cohort_id": cohort_id}) or 0)


def prove_all(transactions: Transactions) -> int:
    """Hold every cohort's figures against its interviews, a transaction each, and set right what is not.

    A difference is logged as an error: it should never be. Returns how many cohorts had one. Safe to repeat.

    Raises: NotProven at the end, when a cohort's statements were cancelled or refused; the others are proven.
    """
    wrong, after = 0, ""
    unproven: dict[str, str] = {}
    while True:
        with transactions() as uow:
            query = select(Cohort.id).where(Cohort.id > after).order_by(Cohort.id).limit(AT_ONCE)
            ids = uow.session.scalars(query).all()
        for cohort_id in ids:
            try:
                with transactions() as uow:
                    wrong += _prove(uow, cohort_id)
            except DBAPIError as exc:
                if exc.connection_invalidated:
                    raise
                unproven[cohort_id] = type(exc.orig).__name__
        if len(ids) < AT_ONCE:
            break
        after = ids[-1]
    for cohort_id, error in unproven.items():
        log.error("a cohort's figures could not be proven", cohort_id=cohort_id, error=error)
    if unproven:
        raise NotProven(list(unproven))
    return wrong


def _prove(uow: Uow, cohort_id: str) -> bool:
    found = differences(uow, cohort_id)
    if found:
        log.error("a cohort's figures were not what its interviews give", cohort_id=cohort_id, rows=found)
        rollups.recount(uow, cohort_id)
    return bool(found)
