"""add when calls were asked about"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "d4b81c70e5f3"
down_revision: str | None = "c62e90f4a1b8"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("interview_calls", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("interview_calls", "asked_at")
