"""add answer retries"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "888a3e22dcca"
down_revision: str | None = "db5ecfc7f64c"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "answer_retries",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("question_order", sa.Integer(), nullable=False),
        sa.Column("score_before", sa.Integer(), nullable=True),
        sa.Column("score_after", sa.Integer(), nullable=True),
        sa.Column("engine", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score_after BETWEEN 0 AND 100", name=op.f("ck_answer_retries_score_after")),
        sa.CheckConstraint("score_before BETWEEN 0 AND 100", name=op.f("ck_answer_retries_score_before")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["interview_sessions.id"], name=op.f("fk_answer_retries_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_retries")),
    )
    op.create_index("ix_answer_retries_session_id", "answer_retries", ["session_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_answer_retries_session_id", table_name="answer_retries")
    op.drop_table("answer_retries")
