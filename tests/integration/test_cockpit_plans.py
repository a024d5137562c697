"""What a cohort's screens read is found by indexes, and the data of benchmarks is what the product would keep."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.cockpit import scans
from bench.cohort_data import Made, write_cohorts
from core.analytics.models import InterviewStatistics  # noqa: F401  registers the table with its users
from core.clock import utc_now
from core.cohorts import proving
from core.db import Transactions, connect
from runner.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
INTERVIEWS, COHORTS = 8_000, 20


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Made]]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres")) as postgres:
        environment = {**os.environ, "DATABASE_URL": postgres.url}
        subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, env=environment, check=True)
        yield postgres.url, write_cohorts(postgres.url, interviews=INTERVIEWS, cohorts=COHORTS, learners_each=20)


def test_no_view_reads_a_big_table_from_end_to_end(written: tuple[str, Made]) -> None:
    assert scans(*written) == []


def test_the_data_of_benchmarks_is_what_its_interviews_give(written: tuple[str, Made]) -> None:
    url, made = written
    engine = connect(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=1)
    with Transactions(engine, utc_now)() as uow:
        assert proving.differences(uow, made.cohort_ids[3]) == {}
    engine.dispose()
