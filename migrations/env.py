"""Runs migrations on the database of the environment. A lock is waited for five seconds, then the run gives up."""

import os
from typing import Literal

from alembic import context
from sqlalchemy import Enum, create_engine, pool, text

from core.models import Base

LOCK_TIMEOUT = "5s"


def _url() -> str:
    url = context.config.get_main_option("sqlalchemy.url") or os.environ["DATABASE_URL"]
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


def _include(_object: object, name: str | None, kind: str, _reflected: bool, _to: object) -> bool:
    """Procrastinate keeps its own tables; autogenerate leaves them alone."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def _render(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Words are kept as text under a named constraint; a migration does not depend on today's enum."""
    return f"sa.String(length={item.length})" if kind == "type" and isinstance(item, Enum) else False


def run() -> None:
    engine = create_engine(_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=_include,
            compare_type=True,
            render_item=_render,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
