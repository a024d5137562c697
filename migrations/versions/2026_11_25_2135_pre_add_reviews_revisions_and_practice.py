"""add reviews, revisions, corrections and practice"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "5c0de1a9b7f2"
down_revision: str | None = "5b7e2f90c1a4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ID = sa.String(length=40)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    jsonb = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("interview_reports", sa.Column("judgement", jsonb, nullable=True))
    op.add_column("interview_reports", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.add_column("interview_reports", sa.Column("rescore_asked_at", MOMENT, nullable=True))
    op.create_table(
        "report_revisions",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("engine", sa.String(length=20), nullable=False),
        sa.Column("overall_score", sa.Integer(), nullable=True),
        sa.Column("report_json", jsonb, nullable=False),
        sa.Column("judgement", jsonb, nullable=True),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.CheckConstraint("overall_score BETWEEN 0 AND 100", name=op.f("ck_report_revisions_overall_score")),
        _of_session("report_revisions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_revisions")),
        sa.UniqueConstraint("session_id", "revision", name=op.f("uq_report_revisions_session_id_revision")),
    )
    op.create_table(
        "report_reviews",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reviewer_id", ID, nullable=True),
        sa.Column("reviewer_name", sa.String(length=120), nullable=True),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("ratings", jsonb, nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        _of_session("report_reviews"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_report_reviews_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["users.id"], name=op.f("fk_report_reviews_reviewer_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_reviews")),
        sa.UniqueConstraint("session_id", "kind", name=op.f("uq_report_reviews_session_id_kind")),
    )
    op.create_index("ix_report_reviews_status_id", "report_reviews", ["status", "id"])
    op.create_index("ix_report_reviews_user_id", "report_reviews", ["user_id"])
    op.create_table(
        "practice_items",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("question_order", sa.Integer(), nullable=False),
        sa.Column("competency", sa.String(length=40), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("interval_days", sa.Integer(), nullable=False),
        sa.Column("repetitions", sa.Integer(), nullable=False),
        sa.Column("last_score", sa.Integer(), nullable=True),
        sa.CheckConstraint("interval_days >= 1", name=op.f("ck_practice_items_interval_days")),
        sa.CheckConstraint("last_score BETWEEN 0 AND 100", name=op.f("ck_practice_items_last_score")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_practice_items_user_id"), ondelete="CASCADE"),
        _of_session("practice_items"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_items")),
        sa.UniqueConstraint("session_id", "question_order", name=op.f("uq_practice_items_session_id_question_order")),
    )
    op.create_index("ix_practice_items_user_id_due_at", "practice_items", ["user_id", "due_at"])
    op.create_table(
        "transcript_corrections",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("segment_id", sa.String(length=80), nullable=False),
        sa.Column("heard", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _of_session("transcript_corrections"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript_corrections")),
    )
    op.create_index("ix_transcript_corrections_session_id", "transcript_corrections", ["session_id", "id"])


def _of_session(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["session_id"], ["interview_sessions.id"], name=op.f(f"fk_{table}_session_id"), ondelete="CASCADE"
    )


def downgrade() -> None:
    for table in ("transcript_corrections", "practice_items", "report_reviews", "report_revisions"):
        op.drop_table(table)
    for column in ("rescore_asked_at", "revision", "judgement"):
        op.drop_column("interview_reports", column)
