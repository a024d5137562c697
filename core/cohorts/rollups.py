"""Which interviews count in which cohort. Triggers carry what is written here into the roll-ups."""

from datetime import timedelta

from sqlalchemy import text

from core.db import Uow

COLUMNS = (
    "cohort_id, session_id, user_id, at, day, type, difficulty, score, low, high, skipped, competencies, questions"
)
FACTS = """
    SELECT m.cohort_id, s.id, s.user_id, coalesce(s.ended_at, r.generated_at),
           (coalesce(s.ended_at, r.generated_at) AT TIME ZONE 'UTC')::date, s.type, s.difficulty, r.overall_score,
           coalesce(r.interval_low, r.overall_score), coalesce(r.interval_high, r.overall_score), q.skipped,
           jsonb_strip_nulls(r.score_breakdown), q.answers
    FROM interview_reports r
    JOIN interview_sessions s ON s.id = r.session_id
    JOIN cohort_members m ON m.user_id = s.user_id AND m.share_scores
    CROSS JOIN LATERAL (
        SELECT coalesce(avg((one.user_response_text IS NULL)::integer), 0)::double precision AS skipped,
               coalesce(jsonb_agg(jsonb_build_array(one.source_id, one.response_score,
                   CASE WHEN others.n > 1
                        THEN round(100.0 * (others.total - one.response_score) / (others.n - 1)) END)
                   ORDER BY one.question_order), '[]') AS answers
        FROM interview_questions one
        CROSS JOIN (
            SELECT count(*) AS n, sum(response_score) AS total FROM interview_questions
            WHERE session_id = s.id AND response_score IS NOT NULL
        ) AS others
        WHERE one.session_id = s.id AND one.response_score IS NOT NULL
    ) AS q
    WHERE s.status = 'completed' AND NOT s.study AND r.overall_score IS NOT NULL AND {which}
"""
"""What is to count, from the interviews themselves, never one of study; in the order of `COLUMNS`."""
COUNT = f"""
    INSERT INTO cohort_facts ({COLUMNS})
    {FACTS}
    ORDER BY m.cohort_id, s.id
    FOR SHARE OF m
    ON CONFLICT (cohort_id, session_id) DO UPDATE
    SET score = EXCLUDED.score, low = EXCLUDED.low, high = EXCLUDED.high, skipped = EXCLUDED.skipped,
        competencies = EXCLUDED.competencies, questions = EXCLUDED.questions
"""  # noqa: S608  our own constants
ONE_INTERVIEW = text(COUNT.format(which="s.id = :session_id"))
ONE_MEMBER = text(COUNT.format(which="m.cohort_id = :cohort_id AND m.user_id = :user_id"))
FORGET_UNSCORED = text("""
    DELETE FROM cohort_facts WHERE session_id = :session_id
    AND EXISTS (SELECT FROM interview_reports WHERE session_id = :session_id AND overall_score IS NULL)
""")
FORGET_MEMBER = text("DELETE FROM cohort_facts WHERE cohort_id = :cohort_id AND user_id = :user_id")
HOLD = text("SELECT id FROM users WHERE id = :user_id FOR NO KEY UPDATE")
HOLD_COHORTS = text("""
    SELECT pg_advisory_xact_lock(hashtextextended(held.cohort_id, 0))
    FROM (
        SELECT cohort_id FROM cohort_members WHERE user_id = :user_id
        UNION SELECT CAST(:joining AS text) WHERE CAST(:joining AS text) <> ''
        ORDER BY 1
    ) AS held
""")
REBUILD = (
    text("DELETE FROM cohort_days WHERE cohort_id = :cohort_id"),
    text("DELETE FROM cohort_competencies WHERE cohort_id = :cohort_id"),
    text("DELETE FROM cohort_day_competencies WHERE cohort_id = :cohort_id"),
    text("DELETE FROM cohort_learners WHERE cohort_id = :cohort_id"),
    text("DELETE FROM cohort_questions WHERE cohort_id = :cohort_id"),
    text("SELECT cohort_facts_apply(f, 1) FROM cohort_facts f WHERE f.cohort_id = :cohort_id ORDER BY f.session_id"),
)
RECOUNT = (
    text("DELETE FROM cohort_facts WHERE cohort_id = :cohort_id"),
    text(COUNT.format(which="m.cohort_id = :cohort_id")),
)

LONGEST = timedelta(minutes=2)
"""For what goes over all facts of a cohort, a row and its triggers each. Reports of the cohort wait for it: no longer
than it must be."""


def hold_learner(uow: Uow, user_id: str, *, joining: str = "") -> None:
    """Let all that counts or uncounts a learner's interviews follow on each other; to be called before other locks.

    One after the other for a learner, so that neither a report nor a membership misses what the other writes, and one
    after the other for each cohort, in order of their ids, so that nobody waits for each other in a circle.
    """
    uow.session.execute(HOLD, {"user_id": user_id})
    uow.session.execute(HOLD_COHORTS, {"user_id": user_id, "joining": joining})


def count_interview(uow: Uow, session_id: str) -> None:
    """Count a scored interview, or its new score, wherever its learner shares scores; one without a score nowhere.

    Safe to repeat.
    """
    uow.session.flush()
    uow.session.execute(FORGET_UNSCORED, {"session_id": session_id})
    uow.session.execute(ONE_INTERVIEW, {"session_id": session_id})


def count_member(uow: Uow, cohort_id: str, user_id: str) -> None:
    """Count everything a learner has and shares. Safe to repeat."""
    uow.session.flush()
    uow.session.execute(ONE_MEMBER, {"cohort_id": cohort_id, "user_id": user_id})


def forget_member(uow: Uow, cohort_id: str, user_id: str) -> None:
    """A learner shares no scores any more: nothing of theirs counts."""
    uow.session.flush()
    uow.session.execute(FORGET_MEMBER, {"cohort_id": cohort_id, "user_id": user_id})


HOLD_COHORT = text("SELECT pg_advisory_xact_lock(hashtextextended(:cohort_id, 0))")


def hold_cohort(uow: Uow, cohort_id: str) -> None:
    """Let nothing be counted or uncounted in a cohort until the transaction ends."""
    uow.session.execute(HOLD_COHORT, {"cohort_id": cohort_id})


def rebuild(uow: Uow, cohort_id: str) -> None:
    """Write a cohort's roll-ups anew from its facts; they come out as they were."""
    hold_cohort(uow, cohort_id)
    uow.allow(LONGEST)
    for step in REBUILD:
        uow.session.execute(step, {"cohort_id": cohort_id})


def recount(uow: Uow, cohort_id: str) -> None:
    """Write a cohort's facts anew from the interviews, and its roll-ups from them. Safe to repeat."""
    hold_cohort(uow, cohort_id)
    uow.allow(LONGEST)
    for step in (*RECOUNT, *REBUILD):
        uow.session.execute(step, {"cohort_id": cohort_id})
