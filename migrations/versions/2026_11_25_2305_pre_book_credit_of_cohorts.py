"""book credit of cohorts"""

from collections.abc import Sequence

from alembic import op

revision: str = "c0c4917e11ab"
down_revision: str | None = "c0c4917e11aa"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OLD = ("captured", "stray", "delivered", "owed", "refunded"), ("provider", "prepaid", "earned", "owed_back")
NEW = (*OLD[0], "granted", "sponsored", "returned"), (*OLD[1], "receivable", "sponsors")


def _allow(movements: tuple[str, ...], accounts: tuple[str, ...]) -> None:
    for column, words in (("movement", movements), ("debit", accounts), ("credit", accounts)):
        name = f"ck_ledger_entries_{column}"
        op.drop_constraint(op.f(name), "ledger_entries", type_="check")
        op.create_check_constraint(op.f(name), "ledger_entries", f"{column} IN ({', '.join(map(repr, words))})")


def upgrade() -> None:
    _allow(*NEW)


def downgrade() -> None:
    _allow(*OLD)
