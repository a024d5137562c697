"""add ledger proofs

The index of payments is built beside whatever is written meanwhile. One that was given up halfway stands as invalid, so
it is dropped first; so the table comes last.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "f3a8c1d60b75"
down_revision: str | None = "e90a3b6d27c4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "ix_interview_payments_updated_at"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(NAME, "interview_payments", if_exists=True, postgresql_concurrently=True)
        op.create_index(NAME, "interview_payments", ["updated_at"], postgresql_concurrently=True)
    op.create_table(
        "ledger_proofs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before_entry", sa.String(length=40), nullable=False),
        sa.Column("before_credit", sa.String(length=40), nullable=False),
        sa.Column("sums", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("references", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_proofs")),
    )


def downgrade() -> None:
    op.drop_table("ledger_proofs")
    op.drop_index(NAME, "interview_payments")
