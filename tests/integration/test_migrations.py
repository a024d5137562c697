"""A release's migrations run while the code before it goes on: they only add, and never wait long for a lock.

The order is always schema first, so what has to hold is older code on a newer schema. It is held from both sides: what
the migrations since the release before have changed, and this code on a schema that the next release has grown. `make
cluster` runs the code of the commit before beside this one's on this one's schema.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from bench.stores import stores
from core.analytics.service import statistics
from core.interviews.service import history
from core.interviews.types import SessionStatus
from core.reports.service import report_view
from runner.postgres import EmbeddedPostgres
from tests.integration.test_promise import interview_without_report
from tests.integration.world import World

ROOT = Path(__file__).resolve().parents[2]
RELEASED = "a741dc425bc0"
"""The last revision of version 1.0.0, whose code may still run while later ones are applied."""
COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable = 'YES' OR column_default IS NOT NULL
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'procrastinate%%'
"""
CHECKS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path / "postgres") as running:
        yield running


def migrate(postgres: EmbeddedPostgres, revision: str) -> "subprocess.CompletedProcess[str]":
    return alembic(postgres, "upgrade", revision)


def alembic(postgres: EmbeddedPostgres, *what: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "alembic", *what],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgres.url},
        capture_output=True,
        text=True,
        check=False,
    )


def ask(postgres: EmbeddedPostgres, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(postgres.url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_the_code_of_the_release_before_runs_on_the_schema_of_this_one(postgres: EmbeddedPostgres):
    assert migrate(postgres, RELEASED).returncode == 0
    before = {(table, column): kind for table, column, kind, _ in ask(postgres, COLUMNS)}
    checks = {(table, name): words for table, name, words in ask(postgres, CHECKS)}
    assert migrate(postgres, "head").returncode == 0
    after = {
        (table, column): (kind, may_be_left_out) for table, column, kind, may_be_left_out in ask(postgres, COLUMNS)
    }

    changed = {key: (kind, after.get(key)) for key, kind in before.items() if after.get(key, (None,))[0] != kind}
    assert changed == {}, "what the older code reads is gone or of another type"
    tables = {table for table, _ in before}
    demanded = [key for key, (_, may) in after.items() if key[0] in tables and key not in before and not may]
    assert demanded == [], "the older code inserts without these"
    new = [key[:2] for key in ask(postgres, CHECKS) if key[0] in tables and key[:2] not in checks]
    columns = {column for table, column in after if table in tables and (table, column) not in before}
    narrowed = [name for _, name in new if not any(name.endswith(column) for column in columns)]
    assert narrowed == [], "the older code may write what these refuse"


def test_this_code_runs_on_a_schema_that_the_next_release_has_grown() -> None:
    """Every table has more columns than this code knows of, first or last, filled or not, and there are more tables."""
    with stores(GREENROOM_RATE_SCALE="1000") as real:
        with psycopg.connect(real.postgres_url) as connection:
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'alembic%'"
            ).fetchall()
            for (table,) in tables:
                connection.execute(
                    sql.SQL(
                        "ALTER TABLE {} ADD COLUMN next_word text, ADD COLUMN next_count integer NOT NULL DEFAULT 7,"
                        " ADD COLUMN next_time timestamptz NOT NULL DEFAULT now()"
                    ).format(sql.Identifier(table))
                )
            connection.execute("CREATE TABLE next_things (id text PRIMARY KEY, user_id text REFERENCES users (id))")
        assert len(tables) > 30
        world = World(real.settings)
        session_id = interview_without_report(world)
        world.run_jobs()

        with world.app.uow() as uow:
            assert [one.status for one in history(uow, world.asha).items] == [SessionStatus.COMPLETED]
            assert statistics(uow, world.asha).total_interviews == 1
            shown = report_view(uow, world.asha, session_id)
        assert shown is not None
        assert shown["sessionId"] == session_id
        world.close()


def test_a_migration_that_cannot_have_its_lock_gives_up_and_leaves_nothing(postgres: EmbeddedPostgres):
    assert migrate(postgres, RELEASED).returncode == 0
    schema = ask(postgres, COLUMNS)
    with psycopg.connect(postgres.url) as holding:
        tables = [table for (table,) in ask(postgres, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        # Somebody reads in a transaction that is not ended: reading alone stands in the way of a change.
        for table in tables:
            if not table.startswith(("procrastinate", "alembic")):
                holding.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table)))
        refused = migrate(postgres, "head")
        assert refused.returncode != 0
        assert "lock timeout" in refused.stderr
        # What the steps before had done stands; each is whole by itself.
        assert {row[:2] for row in schema} <= {row[:2] for row in ask(postgres, COLUMNS)}
        assert holding.execute("SELECT count(*) FROM users").fetchone() == (0,)
    assert migrate(postgres, "head").returncode == 0
    assert alembic(postgres, "current").stdout.strip().endswith("(head)")
