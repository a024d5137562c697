"""add delivered days"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0d7b52e8c914"
down_revision: str | None = "f3a8c1d60b75"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "delivered_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("interviews", sa.Integer(), nullable=False),
        sa.Column("earned", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=14, scale=6), nullable=False),
        sa.PrimaryKeyConstraint("day", "type", name=op.f("pk_delivered_days")),
    )


def downgrade() -> None:
    op.drop_table("delivered_days")
