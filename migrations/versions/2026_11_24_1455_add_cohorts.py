"""add cohorts"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "db5ecfc7f64c"
down_revision: str | None = "4f7de8b479e9"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


ROLL_UP = """
CREATE FUNCTION cohort_facts_apply(fact cohort_facts, sign integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    of_day date;
BEGIN
    FOREACH of_day IN ARRAY ARRAY['0001-01-01'::date, fact.day] LOOP
        IF sign > 0 THEN
            INSERT INTO cohort_days
                (cohort_id, day, type, difficulty, interviews, score_sum, square_sum, histogram)
            VALUES (fact.cohort_id, of_day, fact.type, fact.difficulty, 0, 0, 0, array_fill(0, ARRAY[101]))
            ON CONFLICT DO NOTHING;
            INSERT INTO cohort_competencies
                (cohort_id, day, type, difficulty, user_id, competency, n, score_sum)
            SELECT fact.cohort_id, of_day, fact.type, fact.difficulty, fact.user_id, part.key, 0, 0
            FROM jsonb_each_text(fact.competencies) AS part ORDER BY part.key
            ON CONFLICT DO NOTHING;
        END IF;
        UPDATE cohort_days AS d
        SET interviews = d.interviews + sign,
            score_sum = d.score_sum + sign * fact.score,
            square_sum = d.square_sum + sign * fact.score * fact.score,
            histogram[fact.score + 1] = d.histogram[fact.score + 1] + sign
        WHERE d.cohort_id = fact.cohort_id AND d.day = of_day
          AND d.type = fact.type AND d.difficulty = fact.difficulty;
        UPDATE cohort_competencies AS c
        SET n = c.n + sign, score_sum = c.score_sum + sign * part.value::integer
        FROM jsonb_each_text(fact.competencies) AS part
        WHERE c.cohort_id = fact.cohort_id AND c.day = of_day AND c.type = fact.type
          AND c.difficulty = fact.difficulty AND c.user_id = fact.user_id AND c.competency = part.key;
    END LOOP;
    IF sign > 0 THEN
        INSERT INTO cohort_learners (cohort_id, user_id, interviews, score_sum)
        VALUES (fact.cohort_id, fact.user_id, 0, 0) ON CONFLICT DO NOTHING;
        INSERT INTO cohort_questions (cohort_id, source_id, n, score_sum, paired, x, xx, y, yy, xy)
        SELECT fact.cohort_id, answer ->> 0, 0, 0, 0, 0, 0, 0, 0, 0
        FROM jsonb_array_elements(fact.questions) AS answer ORDER BY answer ->> 0
        ON CONFLICT DO NOTHING;
    END IF;
    UPDATE cohort_learners AS l
    SET interviews = l.interviews + sign, score_sum = l.score_sum + sign * fact.score
    WHERE l.cohort_id = fact.cohort_id AND l.user_id = fact.user_id;
    UPDATE cohort_questions AS q
    SET n = q.n + sign, score_sum = q.score_sum + sign * a.score, paired = q.paired + sign * a.pair,
        x = q.x + sign * a.pair * a.score, xx = q.xx + sign * a.pair * a.score * a.score,
        y = q.y + sign * a.rest, yy = q.yy + sign * a.rest * a.rest, xy = q.xy + sign * a.score * a.rest
    FROM (
        SELECT answer ->> 0 AS source_id, (answer ->> 1)::integer AS score,
               coalesce((answer ->> 2)::bigint, 0) AS rest,
               CASE WHEN answer ->> 2 IS NULL THEN 0 ELSE 1 END AS pair
        FROM jsonb_array_elements(fact.questions) AS answer
    ) AS a
    WHERE q.cohort_id = fact.cohort_id AND q.source_id = a.source_id;
    IF sign < 0 THEN
        DELETE FROM cohort_days WHERE cohort_id = fact.cohort_id AND day = fact.day AND interviews = 0;
        DELETE FROM cohort_competencies
        WHERE cohort_id = fact.cohort_id AND day IN ('0001-01-01', fact.day) AND user_id = fact.user_id AND n = 0;
        DELETE FROM cohort_learners
        WHERE cohort_id = fact.cohort_id AND user_id = fact.user_id AND interviews = 0;
        DELETE FROM cohort_questions AS q USING jsonb_array_elements(fact.questions) AS answer
        WHERE q.cohort_id = fact.cohort_id AND q.source_id = answer ->> 0 AND q.n = 0;
    END IF;
END $$;

CREATE FUNCTION cohort_facts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM cohort_facts_apply(OLD, -1); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM cohort_facts_apply(NEW, 1); END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER cohort_facts_roll_up AFTER INSERT OR UPDATE OR DELETE ON cohort_facts
    FOR EACH ROW EXECUTE FUNCTION cohort_facts_changed();
"""


def upgrade() -> None:
    op.create_table(
        "cohorts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("feedback_only", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
    )
    op.create_table(
        "cohort_coaches",
        sa.Column("cohort_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_coaches_cohort_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cohort_coaches_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("cohort_id", "user_id", name=op.f("pk_cohort_coaches")),
    )
    op.create_index("ix_cohort_coaches_user_id", "cohort_coaches", ["user_id", "cohort_id"], unique=False)
    op.create_table(
        "cohort_competencies",
        sa.Column("cohort_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("difficulty", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("competency", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("score_sum", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_competencies_cohort_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "cohort_id", "day", "type", "difficulty", "user_id", "competency", name=op.f("pk_cohort_competencies")
        ),
    )
    op.create_table(
        "cohort_days",
        sa.Column("cohort_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("difficulty", sa.String(length=10), nullable=False),
        sa.Column("interviews", sa.Integer(), nullable=False),
        sa.Column("score_sum", sa.BigInteger(), nullable=False),
        sa.Column("square_sum", sa.BigInteger(), nullable=False),
        sa.Column("histogram", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_days_cohort_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cohort_id", "day", "type", "difficulty", name=op.f("pk_cohort_days")),
    )
    op.create_table(
        "cohort_invitations",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("cohort_id", sa.String(length=40), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_invitations_cohort_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_cohort_invitations_created_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_cohort_invitations")),
    )
    op.create_index("ix_cohort_invitations_cohort_id", "cohort_invitations", ["cohort_id"], unique=False)
    op.create_table(
        "cohort_learners",
        sa.Column("cohort_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("interviews", sa.Integer(), nullable=False),
        sa.Column("score_sum", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_learners_cohort_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cohort_id", "user_id", name=op.f("pk_cohort_learners")),
    )
    op.create_table(
        "cohort_members",
        sa.Column("cohort_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("share_scores", sa.Boolean(), nullable=False),
        sa.Column("share_reports", sa.Boolean(), nullable=False),
        sa.Column("share_audio", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_members_cohort_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cohort_members_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("cohort_id", "user_id", name=op.f("pk_cohort_members")),
    )
    op.create_index("ix_cohort_members_user_id", "cohort_members", ["user_id", "cohort_id"], unique=False)
    op.create_table(
        "cohort_questions",
        sa.Column("cohort_id", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("score_sum", sa.BigInteger(), nullable=False),
        sa.Column("paired", sa.Integer(), nullable=False),
        sa.Column("x", sa.BigInteger(), nullable=False),
        sa.Column("xx", sa.BigInteger(), nullable=False),
        sa.Column("y", sa.BigInteger(), nullable=False),
        sa.Column("yy", sa.BigInteger(), nullable=False),
        sa.Column("xy", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_questions_cohort_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cohort_id", "source_id", name=op.f("pk_cohort_questions")),
    )
    op.create_table(
        "cohort_facts",
        sa.Column("cohort_id", sa.String(length=40), nullable=False),
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("difficulty", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Double(), nullable=False),
        sa.Column("competencies", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("questions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_cohort_facts_score")),
        sa.CheckConstraint("skipped BETWEEN 0 AND 1", name=op.f("ck_cohort_facts_skipped")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "user_id"],
            ["cohort_members.cohort_id", "cohort_members.user_id"],
            name="fk_cohort_facts_member",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["interview_sessions.id"], name=op.f("fk_cohort_facts_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cohort_id", "session_id", name=op.f("pk_cohort_facts")),
    )
    op.create_index("ix_cohort_facts_at", "cohort_facts", ["cohort_id", "at", "session_id"], unique=False)
    op.create_index("ix_cohort_facts_learner", "cohort_facts", ["cohort_id", "user_id", "at"], unique=False)
    op.create_index("ix_cohort_facts_session_id", "cohort_facts", ["session_id"], unique=False)
    op.create_table(
        "score_overrides",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("question_order", sa.Integer(), nullable=False),
        sa.Column("coach_id", sa.String(length=40), nullable=True),
        sa.Column("coach_name", sa.String(length=120), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("model_score", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("question_order >= 1", name=op.f("ck_score_overrides_question_order")),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_score_overrides_score")),
        sa.ForeignKeyConstraint(
            ["coach_id"], ["users.id"], name=op.f("fk_score_overrides_coach_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["interview_sessions.id"], name=op.f("fk_score_overrides_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_overrides")),
    )
    op.create_index("ix_score_overrides_session_id", "score_overrides", ["session_id", "id"], unique=False)
    op.execute(ROLL_UP)


def downgrade() -> None:
    op.execute("DROP TRIGGER cohort_facts_roll_up ON cohort_facts")
    op.execute("DROP FUNCTION cohort_facts_changed")
    op.execute("DROP FUNCTION cohort_facts_apply")
    op.drop_index("ix_score_overrides_session_id", table_name="score_overrides")
    op.drop_table("score_overrides")
    op.drop_index("ix_cohort_facts_session_id", table_name="cohort_facts")
    op.drop_index("ix_cohort_facts_learner", table_name="cohort_facts")
    op.drop_index("ix_cohort_facts_at", table_name="cohort_facts")
    op.drop_table("cohort_facts")
    op.drop_table("cohort_questions")
    op.drop_index("ix_cohort_members_user_id", table_name="cohort_members")
    op.drop_table("cohort_members")
    op.drop_table("cohort_learners")
    op.drop_index("ix_cohort_invitations_cohort_id", table_name="cohort_invitations")
    op.drop_table("cohort_invitations")
    op.drop_table("cohort_days")
    op.drop_table("cohort_competencies")
    op.drop_index("ix_cohort_coaches_user_id", table_name="cohort_coaches")
    op.drop_table("cohort_coaches")
    op.drop_table("cohorts")
