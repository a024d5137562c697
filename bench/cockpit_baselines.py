"""What somebody would build instead of roll-ups: `GROUP BY` over the reports, and DuckDB over the raw rows as Parquet.

Both answer what the overview asks: the histogram, the weeks, and the means by competency.
"""

import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Engine

from core.clock import utc_now
from core.cohorts import figures
from core.cohorts.types import Filters
from core.db import Transactions

ROUNDS = 7
OTHERS: Mapping[str, float] = {"GROUP BY": 20, "DuckDB": 1}
"""What else could be built, and how many times the roll-ups' time it is to take in a large cohort."""
FROM_REPORTS = """
    FROM cohort_members m
    JOIN interview_reports r ON r.user_id = m.user_id
    JOIN interview_sessions s ON s.id = r.session_id
"""
GROUP_BY = (
    f"SELECT r.overall_score, count(*) {FROM_REPORTS} WHERE m.cohort_id = %s AND m.share_scores GROUP BY 1",
    f"SELECT date_trunc('week', s.ended_at), count(*), avg(r.overall_score), stddev(r.overall_score) "
    f"{FROM_REPORTS} WHERE m.cohort_id = %s AND m.share_scores GROUP BY 1",
    f"SELECT part.key, count(*), avg(part.value::int) "
    f"{FROM_REPORTS} CROSS JOIN LATERAL jsonb_each_text(r.score_breakdown) AS part "
    f"WHERE m.cohort_id = %s AND m.share_scores GROUP BY 1",
)
DUCKDB = (
    "SELECT score, count(*) FROM '{reports}' WHERE cohort_id = ? GROUP BY 1",
    "SELECT date_trunc('week', ended_at), count(*), avg(score), stddev(score) FROM '{reports}' "
    "WHERE cohort_id = ? GROUP BY 1",
    "SELECT competency, count(*), avg(score) FROM '{parts}' WHERE cohort_id = ? GROUP BY 1",
)
EXPORTED = f"""
    SELECT m.cohort_id, r.user_id, s.ended_at, r.overall_score, r.score_breakdown::text
    {FROM_REPORTS} WHERE m.share_scores
"""


def times(url: str, engine: Engine, cohort_id: str) -> dict[str, float]:
    """Median milliseconds for one cohort's overview by each way, taken in turns. The rows are exported before."""
    with TemporaryDirectory(prefix="greenroom-parquet-") as folder:
        return _times(url, engine, cohort_id, export(url, Path(folder)))


def _times(url: str, engine: Engine, cohort_id: str, files: dict[str, str]) -> dict[str, float]:
    transactions = Transactions(engine, utc_now)

    def ours() -> None:
        with transactions() as uow:
            figures.analytics(uow, cohort_id, Filters(), with_learners=False)

    with psycopg.connect(url, autocommit=True) as plain, duckdb.connect() as duck:
        ways: dict[str, Callable[[], None]] = {
            "roll-ups": ours,
            "GROUP BY": lambda: _each(GROUP_BY, lambda sql: plain.execute(sql, [cohort_id]).fetchall()),
            "DuckDB": lambda: _each(DUCKDB, lambda sql: duck.execute(sql.format(**files), [cohort_id]).fetchall()),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _round in range(ROUNDS + 1):
            for name, ask in ways.items():
                began = time.perf_counter()
                ask()
                taken[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(found[1:]) for name, found in taken.items()}


def _each(statements: Sequence[str], run: Callable[[str], object]) -> None:
    for sql in statements:
        run(sql)


def export(url: str, folder: Path) -> dict[str, str]:
    """The raw rows as Parquet: a row for each report, and one for each of its competencies. Paths by name."""
    paths = {name: str(folder / f"{name}.parquet") for name in ("reports", "parts")}
    reports = pa.schema([("cohort_id", pa.string()), ("user_id", pa.string()), ("ended_at", pa.timestamp("us", "UTC")),
                         ("score", pa.int32())])  # fmt: skip
    parts = pa.schema([("cohort_id", pa.string()), ("user_id", pa.string()), ("competency", pa.string()),
                       ("score", pa.int32())])  # fmt: skip
    with (
        psycopg.connect(url) as connection,
        connection.cursor("export") as cursor,
        pq.ParquetWriter(paths["reports"], reports) as of_reports,
        pq.ParquetWriter(paths["parts"], parts) as of_parts,
    ):
        cursor.itersize = 100_000
        cursor.execute(EXPORTED)
        while rows := cursor.fetchmany(100_000):
            of_reports.write_table(
                pa.Table.from_arrays(list(map(list, zip(*(r[:4] for r in rows), strict=True))), schema=reports)
            )
            split = [(r[0], r[1], name, score) for r in rows for name, score in json.loads(r[4]).items()]
            of_parts.write_table(pa.Table.from_arrays(list(map(list, zip(*split, strict=True))), schema=parts))
    return paths
