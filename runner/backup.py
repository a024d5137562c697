"""A backup in one file, and its way back, proved equal: `python -m runner.backup make FILE`, `… restore FILE`.

The file holds the database as of one moment, the stored objects, and a count and checksum of every table. What people
said is sealed in it as it is in the database; the master keys are not in it and are to be kept elsewhere.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from runner.postgres import binaries

DUMP, OBJECTS, MANIFEST = "database.dump", "objects", "manifest.json"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
CHECKSUM = sql.SQL(
    "SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {} AS t"
)

Sums = dict[str, tuple[int, str]]


class BackupFailed(SystemExit):
    """The message says what is wrong; what was there before is as it was."""


def make(database_url: str, storage_url: str, file: Path) -> Sums:
    """Write a backup of one moment. The file appears under its name once it is whole."""
    half = file.with_name(f".{file.name}.half")
    with tempfile.TemporaryDirectory(prefix="greenroom-backup-") as folder, psycopg.connect(database_url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        snapshot = row[0] if row else ""
        dump = Path(folder) / DUMP
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={dump}", f"--dbname={database_url}")
        sums = checksums(connection)
        manifest = {"madeAt": datetime.now(UTC).isoformat(), "tables": sums}
        (Path(folder) / MANIFEST).write_text(json.dumps(manifest, indent=1))
        file.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(half, "w") as archive:
            archive.add(dump, DUMP)
            archive.add(Path(folder) / MANIFEST, MANIFEST)
            if (objects := _objects(storage_url)) and objects.exists():
                archive.add(objects, OBJECTS)
    half.chmod(0o600)
    half.replace(file)
    return sums


def restore(database_url: str, storage_url: str, file: Path) -> tuple[Sums, Sums]:
    """Bring a backup into a database beside the present one, compare, and only then change their names.

    The present database stays under another name. Returns what the backup says of each table, and what was restored.

    Raises: BackupFailed, and the present database stays in place.
    """
    name = urlsplit(database_url).path.lstrip("/")
    stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    fresh, kept = f"{name}_restored_{stamp}", f"{name}_before_{stamp}"
    with tempfile.TemporaryDirectory(prefix="greenroom-restore-") as folder:
        try:
            with tarfile.open(file, "r:") as archive:
                archive.extractall(folder, filter="data")
            manifest = json.loads((Path(folder) / MANIFEST).read_text())
        except (OSError, tarfile.TarError, ValueError) as exc:
            raise BackupFailed(f"{file} is no backup of Greenroom: {exc}") from exc
        expected: Sums = {table: (count, digest) for table, (count, digest) in manifest["tables"].items()}
        with psycopg.connect(_named(database_url, "postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(fresh)))
            _run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_named(database_url, fresh)}",
                 str(Path(folder) / DUMP))  # fmt: skip
            with psycopg.connect(_named(database_url, fresh)) as connection:
                found = checksums(connection)
            if found != expected:
                raise BackupFailed(f"What was restored differs from the backup; it stands in {fresh}.")
            _bring_back_objects(Path(folder) / OBJECTS, _objects(storage_url))
            for old, new in ((name, kept), (fresh, name)):
                admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (old,))
                admin.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
                )
    return expected, found


def checksums(connection: psycopg.Connection[tuple[object, ...]]) -> Sums:
    """Rows and a checksum over all of them, by table."""
    found: Sums = {}
    for (table,) in connection.execute(TABLES).fetchall():
        row = connection.execute(CHECKSUM.format(sql.Identifier(str(table)))).fetchone()
        if row is not None:
            found[str(table)] = (int(str(row[0])), str(row[1]))
    return found


def _bring_back_objects(source: Path, target: Path | None) -> None:
    """Objects that are there already are left: their names are never used twice for other content."""
    if target is None or not source.exists():
        return
    for path in source.rglob("*"):
        place = target / path.relative_to(source)
        if path.is_file() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)


def _objects(storage_url: str) -> Path | None:
    """The folder of objects; None on S3, which keeps versions of its own."""
    parts = urlsplit(storage_url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _named(database_url: str, name: str) -> str:
    return urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603  programs of the wheel
        [str(binaries() / program), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BackupFailed(f"{program} failed: {done.stderr.strip()[-400:]}")


def main(arguments: list[str], env: Mapping[str, str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m runner.backup", description=__doc__)
    parser.add_argument("what", choices=("make", "restore"))
    parser.add_argument("file", type=Path, nargs="?", default=Path("greenroom.backup"))
    asked = parser.parse_args(arguments)
    database, storage = env["DATABASE_URL"], env["STORAGE_URL"]
    if asked.what == "make":
        sums = make(database, storage, asked.file)
        sys.stdout.write(f"{asked.file}: {sum(n for n, _ in sums.values())} rows of {len(sums)} tables\n")
        return 0
    expected, found = restore(database, storage, asked.file)
    for table, (count, _) in sorted(expected.items()):
        sys.stdout.write(f"{table:32} {count:>8} {found[table][0]:>8}  equal\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], os.environ))
