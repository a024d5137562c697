"""add cohort day competencies

What is kept by learner is summed up over learners by a trigger on it: whatever changes the one, by any release,
changes the other with it.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "c62e90f4a1b8"
down_revision: str | None = "c7f20b94d1e6"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SUM_UP = """
CREATE FUNCTION cohort_competencies_add(part cohort_competencies, sign integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF part.n = 0 AND part.score_sum = 0 THEN
        RETURN;
    END IF;
    IF sign > 0 THEN
        INSERT INTO cohort_day_competencies AS t (cohort_id, day, type, difficulty, competency, n, score_sum)
        VALUES (part.cohort_id, part.day, part.type, part.difficulty, part.competency, part.n, part.score_sum)
        ON CONFLICT (cohort_id, day, type, difficulty, competency)
        DO UPDATE SET n = t.n + EXCLUDED.n, score_sum = t.score_sum + EXCLUDED.score_sum;
        RETURN;
    END IF;
    UPDATE cohort_day_competencies AS t SET n = t.n - part.n, score_sum = t.score_sum - part.score_sum
    WHERE t.cohort_id = part.cohort_id AND t.day = part.day AND t.type = part.type
      AND t.difficulty = part.difficulty AND t.competency = part.competency;
    DELETE FROM cohort_day_competencies AS t
    WHERE t.cohort_id = part.cohort_id AND t.day = part.day AND t.type = part.type
      AND t.difficulty = part.difficulty AND t.competency = part.competency AND t.n = 0;
END $$;

CREATE FUNCTION cohort_competencies_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM cohort_competencies_add(OLD, -1); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM cohort_competencies_add(NEW, 1); END IF;
    RETURN NULL;
END $$;

LOCK TABLE cohort_competencies IN SHARE ROW EXCLUSIVE MODE;

CREATE TRIGGER cohort_competencies_sum_up AFTER INSERT OR UPDATE OR DELETE ON cohort_competencies
    FOR EACH ROW EXECUTE FUNCTION cohort_competencies_changed();

INSERT INTO cohort_day_competencies (cohort_id, day, type, difficulty, competency, n, score_sum)
SELECT cohort_id, day, type, difficulty, competency, sum(n), sum(score_sum)
FROM cohort_competencies GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0;
"""


def upgrade() -> None:
    op.create_table(
        "cohort_day_competencies",
        sa.Column("cohort_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("difficulty", sa.String(length=10), nullable=False),
        sa.Column("competency", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("score_sum", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_day_competencies_cohort_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "cohort_id", "day", "type", "difficulty", "competency", name=op.f("pk_cohort_day_competencies")
        ),
    )
    op.execute(SUM_UP)


def downgrade() -> None:
    op.execute("DROP TRIGGER cohort_competencies_sum_up ON cohort_competencies")
    op.execute("DROP FUNCTION cohort_competencies_changed, cohort_competencies_add")
    op.drop_table("cohort_day_competencies")
