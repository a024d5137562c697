"""add ledger and outbox"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "4f7de8b479e9"
down_revision: str | None = "4e92cd32e9b3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APPEND_ONLY = """
    CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE ON ledger_entries
        FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
"""
BOOK_WHAT_WAS = """
    INSERT INTO ledger_entries (id, at, movement, reference, debit, credit, amount, currency)
    SELECT 'led_' || left(m.movement, 1) || substr(p.id, 4), coalesce(m.at, p.updated_at), m.movement, p.transaction_id,
           m.debit, m.credit, p.amount, p.currency
    FROM interview_payments p
    LEFT JOIN interview_sessions s ON s.id = p.session_id
    CROSS JOIN LATERAL (VALUES
        ('captured', 'provider', 'prepaid', p.paid_at, p.status IN ('paid', 'refunded')),
        ('delivered', 'prepaid', 'earned', s.ended_at, p.status = 'paid' AND s.status = 'completed'),
        ('owed', 'prepaid', 'owed_back', p.refunded_at, p.status = 'refunded' OR p.refund_due_at IS NOT NULL),
        ('refunded', 'owed_back', 'provider', p.refunded_at, p.status = 'refunded')
    ) AS m(movement, debit, credit, at, holds)
    WHERE m.holds AND p.transaction_id IS NOT NULL AND p.amount > 0
"""


def upgrade() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("movement", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("debit", sa.String(length=10), nullable=False),
        sa.Column("credit", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint(
            "credit IN ('provider', 'prepaid', 'earned', 'owed_back')", name=op.f("ck_ledger_entries_credit")
        ),
        sa.CheckConstraint(
            "debit IN ('provider', 'prepaid', 'earned', 'owed_back')", name=op.f("ck_ledger_entries_debit")
        ),
        sa.CheckConstraint(
            "movement IN ('captured', 'stray', 'delivered', 'owed', 'refunded')",
            name=op.f("ck_ledger_entries_movement"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_entries_amount")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_ledger_entries_sides")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("reference", "movement", name=op.f("uq_ledger_entries_reference_movement")),
    )
    op.create_index(
        "ix_ledger_entries_credit",
        "ledger_entries",
        ["credit", "currency"],
        unique=False,
        postgresql_include=["amount"],
    )
    op.create_index(
        "ix_ledger_entries_debit", "ledger_entries", ["debit", "currency"], unique=False, postgresql_include=["amount"]
    )
    op.create_table(
        "notification_preferences",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.Column("sms", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notification_preferences_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_preferences")),
        sa.UniqueConstraint("user_id", name=op.f("uq_notification_preferences_user_id")),
    )
    op.create_table(
        "outgoing_messages",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('mail', 'sms')", name=op.f("ck_outgoing_messages_channel")),
        sa.CheckConstraint("status IN ('queued', 'sent', 'off', 'failed')", name=op.f("ck_outgoing_messages_status")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_outgoing_messages_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_outgoing_messages_key")),
    )
    op.create_index("ix_outgoing_messages_status_id", "outgoing_messages", ["status", "id"], unique=False)
    op.create_index("ix_outgoing_messages_user_id", "outgoing_messages", ["user_id"], unique=False)
    op.drop_column("notifications", "mailed_at")
    op.execute(APPEND_ONLY)
    op.execute(BOOK_WHAT_WAS)


def downgrade() -> None:
    op.add_column(
        "notifications", sa.Column("mailed_at", postgresql.TIMESTAMP(timezone=True), autoincrement=False, nullable=True)
    )
    op.drop_index("ix_outgoing_messages_user_id", table_name="outgoing_messages")
    op.drop_index("ix_outgoing_messages_status_id", table_name="outgoing_messages")
    op.drop_table("outgoing_messages")
    op.drop_table("notification_preferences")
    op.drop_index("ix_ledger_entries_debit", table_name="ledger_entries", postgresql_include=["amount"])
    op.drop_index("ix_ledger_entries_credit", table_name="ledger_entries", postgresql_include=["amount"])
    op.drop_table("ledger_entries")
    op.execute("DROP FUNCTION ledger_is_append_only")
