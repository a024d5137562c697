"""add notes, comments, assignments and credit of cohorts"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "c0c4917e11aa"
down_revision: str | None = "c94a1e7d5f02"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ID = sa.String(length=40)
NAME = sa.String(length=120)
MOMENT = sa.DateTime(timezone=True)
COMPARABLE = ["cohort_id", "user_id", "type", "difficulty", "at"]


def upgrade() -> None:
    op.create_index("ix_cohort_facts_comparable", "cohort_facts", COMPARABLE)
    op.add_column("cohorts", sa.Column("sponsored_each", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "cohort_notes",
        sa.Column("id", ID, nullable=False),
        sa.Column("cohort_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        *_by_coach("cohort_notes"),
        sa.ForeignKeyConstraint(
            ["cohort_id", "user_id"],
            ["cohort_members.cohort_id", "cohort_members.user_id"],
            name="fk_cohort_notes_member",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_notes")),
    )
    op.create_index("ix_cohort_notes_member", "cohort_notes", ["cohort_id", "user_id", "id"])
    op.create_index("ix_cohort_notes_user_id", "cohort_notes", ["user_id"])
    op.create_table(
        "cohort_comments",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("cohort_id", ID, nullable=True),
        sa.Column("segment_id", sa.String(length=80), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=True),
        *_by_coach("cohort_comments"),
        _to("cohort_comments", "session_id", "interview_sessions", "CASCADE"),
        _to("cohort_comments", "cohort_id", "cohorts", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_comments")),
    )
    op.create_index("ix_cohort_comments_session_id", "cohort_comments", ["session_id", "id"])
    op.create_table(
        "cohort_assignments",
        sa.Column("id", ID, nullable=False),
        sa.Column("cohort_id", ID, nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("difficulty", sa.String(length=10), nullable=True),
        sa.Column("focus", postgresql.ARRAY(ID), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint("attempts BETWEEN 1 AND 20", name=op.f("ck_cohort_assignments_attempts")),
        _to("cohort_assignments", "cohort_id", "cohorts", "CASCADE"),
        _to("cohort_assignments", "created_by", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_assignments")),
    )
    op.create_index("ix_cohort_assignments_cohort_id", "cohort_assignments", ["cohort_id", "id"])
    op.create_table(
        "cohort_credits",
        sa.Column("id", ID, nullable=False),
        sa.Column("cohort_id", ID, nullable=True),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("payment_id", ID, nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("reason IN ('granted', 'spent', 'returned')", name=op.f("ck_cohort_credits_reason")),
        sa.CheckConstraint("(reason = 'spent') = (amount < 0) AND amount <> 0", name=op.f("ck_cohort_credits_amount")),
        _to("cohort_credits", "cohort_id", "cohorts", "SET NULL"),
        _to("cohort_credits", "user_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_credits")),
        sa.UniqueConstraint("payment_id", "reason", name=op.f("uq_cohort_credits_payment_id_reason")),
    )
    op.create_index("ix_cohort_credits_cohort_id", "cohort_credits", ["cohort_id", "id"])


def _by_coach(table: str) -> tuple[sa.Column[str] | sa.ForeignKeyConstraint, ...]:
    return (
        sa.Column("coach_id", ID, nullable=True),
        sa.Column("coach_name", NAME, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _to(table, "coach_id", "users", "SET NULL"),
    )


def _to(table: str, column: str, other: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def downgrade() -> None:
    for table in ("cohort_credits", "cohort_assignments", "cohort_comments", "cohort_notes"):
        op.drop_table(table)
    op.drop_column("cohorts", "sponsored_each")
    op.drop_index("ix_cohort_facts_comparable", table_name="cohort_facts")
