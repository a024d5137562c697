"""What docs/runbooks/Restore.md says of a point in time, done: back to just before a mistake, by archive and copy."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bench.stores import invented, migrate
from core.operations.metrics import COUNTS
from runner.backup import Sums, checksums
from runner.postgres import EmbeddedPostgres, binaries
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
ARCHIVE = ROOT / "deploy" / "postgres" / "archive"
WHAT = ("failing", "waiting")
PERSON = """
    INSERT INTO users (id, username, email, name, password_hash, role, locale, created_at)
    SELECT 'usr_' || n, 'asha' || n, n || '@people.test', 'Asha', 'x', 'candidate', 'en', now()
    FROM generate_series(%s::int, %s::int) AS n
"""


class Returned(EmbeddedPostgres):
    """A server made from a base backup and the archive, as they were at a target."""

    def __init__(self, folder: Path, *, base: Path, archive: Path, target: str, password: str) -> None:
        restoring = (f"restore_command=cp {archive}/%f %p", target, "recovery_target_action=promote")
        super().__init__(folder, password=password, settings=restoring)
        self._base = base

    def _make_cluster(self) -> None:
        shutil.copytree(self._base, self.data)
        (self.data / "recovery.signal").touch()
        self.data.chmod(0o700)
        if self._owner:
            self._hand_over(self._owner["user"], self._owner["group"])


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    return folder


@pytest.fixture
def postgres(tmp_path: Path, archive: Path) -> Iterator[EmbeddedPostgres]:
    kept = ("archive_mode=on", f"archive_command={ARCHIVE} %p %f {archive}", "archive_timeout=60")
    with EmbeddedPostgres(tmp_path / "postgres", settings=kept) as running:
        migrate({**invented(), "DATABASE_URL": running.url})
        yield running


def copy_while_it_runs(url: str, base: Path) -> None:
    """A base backup. Every file of it is what its manifest says: pg_verifybackup's look, which not every build has."""
    command = [str(binaries() / "pg_basebackup"), "-D", str(base), "-d", url, "-c", "fast", "-X", "none"]
    subprocess.run([*command, "--manifest-checksums=SHA256"], check=True, capture_output=True)
    files = json.loads((base / "backup_manifest").read_text())["Files"]
    wrong = [
        file["Path"]
        for file in files
        if hashlib.sha256((base / file["Path"]).read_bytes()).hexdigest() != file["Checksum"]
    ]
    assert len(files) > 500
    assert wrong == []


def add_people(url: str, first: int, last: int) -> tuple[str, str]:
    """Commit some, and say when that was: a time, and the transaction's number."""
    with psycopg.connect(url) as connection:
        connection.execute(PERSON, (first, last))
        row = connection.execute("SELECT pg_current_xact_id()::text").fetchone()
    with psycopg.connect(url) as connection:
        moment = connection.execute("SELECT clock_timestamp()::text").fetchone()
    assert row is not None
    assert moment is not None
    return moment[0], row[0]


def sums(url: str) -> Sums:
    with psycopg.connect(url) as connection:
        return checksums(connection)


def finish_archiving(url: str) -> None:
    """Until the piece of the log that is being written is in the archive."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
        until(
            lambda: connection.execute(
                "SELECT true FROM pg_stat_archiver WHERE last_archived_wal >= %s", row
            ).fetchone(),
            "the archive of the log",
            seconds=60,
        )


@pytest.mark.parametrize("by", ["time", "xid"])
def test_everything_comes_back_as_it_was_just_before_a_mistake(
    postgres: EmbeddedPostgres, archive: Path, tmp_path: Path, by: str
) -> None:
    add_people(postgres.url, 1, 50)
    base = tmp_path / "base"
    copy_while_it_runs(postgres.url, base)
    moment, transaction = add_people(postgres.url, 51, 120)
    before = sums(postgres.url)
    assert before["users"][0] == 120

    with psycopg.connect(postgres.url) as connection:
        connection.execute("DELETE FROM users WHERE id < 'usr_6'")
    add_people(postgres.url, 200, 210)
    assert sums(postgres.url) != before
    finish_archiving(postgres.url)
    postgres.kill()

    target = f"recovery_target_time={moment}" if by == "time" else f"recovery_target_xid={transaction}"
    with Returned(
        tmp_path / "returned", base=base, archive=archive, target=target, password=postgres.password
    ) as returned:
        with psycopg.connect(returned.url, autocommit=True) as connection:
            until(
                lambda: connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,),
                "the end of recovery",
                seconds=60,
            )
        assert sums(returned.url) == before
        add_people(returned.url, 300, 301)
        assert sums(returned.url)["users"][0] == 122


def test_an_archive_that_takes_nothing_shows_in_the_figures_until_it_does(
    postgres: EmbeddedPostgres, archive: Path
) -> None:
    finish_archiving(postgres.url)
    with psycopg.connect(postgres.url, autocommit=True) as connection:

        def figures() -> list[tuple[int, ...] | None]:
            return [connection.execute(COUNTS[f"greenroom_archive_{what}"][2]).fetchone() for what in WHAT]

        def finish_a_piece() -> None:
            connection.execute("SELECT pg_switch_wal() FROM pg_create_restore_point('a look')")

        until(lambda: figures() == [(0,), (0,)], "the figures", seconds=60)
        archive.rename(archive.with_name("away"))
        finish_a_piece()
        finish_a_piece()
        until(lambda: figures() == [(1,), (2,)], "the figures", seconds=60)
        archive.with_name("away").rename(archive)
        # The next piece wakes the archiver; by itself it would try again within a minute.
        finish_a_piece()
        until(lambda: figures() == [(0,), (0,)], "the figures", seconds=60)


def test_a_piece_of_the_log_is_kept_once_and_never_replaced_by_another(archive: Path, tmp_path: Path) -> None:
    piece = tmp_path / "piece"

    def keep(content: bytes) -> int:
        piece.write_bytes(content)
        return subprocess.run([str(ARCHIVE), str(piece), "0001", str(archive)], check=False).returncode

    assert [keep(b"one"), keep(b"one")] == [0, 0]
    assert keep(b"another") != 0
    assert [(file.name, file.read_bytes()) for file in archive.iterdir()] == [("0001", b"one")]
