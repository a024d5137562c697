"""add interview preferences"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "a41d7c55e902"
down_revision: str | None = "e3b18c6a70d5"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "interview_preferences",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("patience", sa.String(length=20), nullable=False),
        sa.Column("extra_time", sa.Integer(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_interview_preferences_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_preferences")),
        sa.UniqueConstraint("user_id", name=op.f("uq_interview_preferences_user_id")),
    )


def downgrade() -> None:
    op.drop_table("interview_preferences")
