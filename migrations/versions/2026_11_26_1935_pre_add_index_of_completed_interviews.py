"""add index of completed interviews

Built beside whatever is written meanwhile. One that was given up halfway stands as invalid, so it is dropped first.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "e90a3b6d27c4"
down_revision: str | None = "d4b81c70e5f3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "ix_interview_sessions_completed"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(NAME, "interview_sessions", if_exists=True, postgresql_concurrently=True)
        op.create_index(
            NAME,
            "interview_sessions",
            ["ended_at"],
            postgresql_where="status = 'completed'",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index(NAME, "interview_sessions")
