"""add study interviews"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "c7f20b94d1e6"
down_revision: str | None = "a41d7c55e902"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # The default stays: the release before this one inserts interviews without naming the column.
    op.add_column("interview_sessions", sa.Column("study", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("interview_sessions", "study")
