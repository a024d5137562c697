"""A backup comes back equal, a broken one changes nothing."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from runner.backup import BackupFailed, main, make, restore
from runner.postgres import EmbeddedPostgres


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path / "postgres") as running:
        with psycopg.connect(running.url) as connection:
            connection.execute("CREATE TABLE kept (id int PRIMARY KEY, word text, raw bytea, many int[])")
            connection.execute(
                "INSERT INTO kept SELECT n, 'word ' || n, '\\x00ff', ARRAY[n, n + 1] FROM generate_series(1, 500) n"
            )
        yield running


@pytest.fixture
def objects(tmp_path: Path) -> Path:
    folder = tmp_path / "objects"
    (folder / "recordings").mkdir(parents=True)
    (folder / "recordings" / "one").write_bytes(b"sealed")
    return folder


def rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM kept WHERE word LIKE 'word %'").fetchone()
        return int(found[0]) if found else 0


def test_what_was_lost_comes_back_and_what_was_there_is_kept(
    postgres: EmbeddedPostgres, objects: Path, tmp_path: Path
) -> None:
    file = tmp_path / "greenroom.backup"
    made = make(postgres.url, objects.as_uri(), file)
    assert made["kept"][0] == 500
    assert file.stat().st_mode & 0o077 == 0
    with psycopg.connect(postgres.url) as connection:
        connection.execute("DELETE FROM kept WHERE id > 10")
    (objects / "recordings" / "one").unlink()

    expected, found = restore(postgres.url, objects.as_uri(), file)

    assert found == expected == made
    assert rows(postgres.url) == 500
    assert (objects / "recordings" / "one").read_bytes() == b"sealed"
    with psycopg.connect(postgres.url) as connection:
        names = [row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()]
    assert len([name for name in names if name.startswith("greenroom_before_")]) == 1


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"\x1f\x8b\x08"])
def test_a_broken_file_changes_nothing(
    postgres: EmbeddedPostgres, objects: Path, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "broken"
    file.write_bytes(content)
    with pytest.raises(BackupFailed, match="no backup"):
        restore(postgres.url, objects.as_uri(), file)
    assert rows(postgres.url) == 500


def test_the_command_says_what_it_did(
    postgres: EmbeddedPostgres, objects: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env = {"DATABASE_URL": postgres.url, "STORAGE_URL": objects.as_uri()}
    file = str(tmp_path / "greenroom.backup")
    assert main(["make", file], env) == 0
    assert main(["restore", file], env) == 0
    assert "500      500  equal" in capsys.readouterr().out
