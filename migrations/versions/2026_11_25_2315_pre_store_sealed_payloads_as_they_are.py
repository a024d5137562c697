"""store sealed payloads as they are"""

from collections.abc import Sequence

from alembic import op

revision: str = "e3b18c6a70d5"
down_revision: str | None = "f7d24b9e8c10"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # What is encrypted does not compress: trying costs more than storing it.
    op.execute("ALTER TABLE webhook_events ALTER COLUMN payload SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.execute("ALTER TABLE webhook_events ALTER COLUMN payload SET STORAGE EXTENDED")
