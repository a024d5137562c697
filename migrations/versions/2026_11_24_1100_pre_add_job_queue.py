"""The job queue's own tables, as the locked version of Procrastinate ships them."""

from alembic import op
from procrastinate.schema import SchemaManager

revision: str = "0001_job_queue"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    cursor.execute(SchemaManager.get_schema())


def downgrade() -> None:
    op.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
