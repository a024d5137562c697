"""add calls left for typing"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "5b7e2f90c1a4"
down_revision: str | None = "a741dc425bc0"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("interview_calls", sa.Column("words_at", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("interview_calls", "words_at")
