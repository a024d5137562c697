"""The embedded servers by themselves, as other tests use them."""

import os
import stat
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from runner import postgres
from runner.postgres import EmbeddedPostgres, binaries
from runner.processes import CannotStart
from runner.valkey import EmbeddedValkey


def passable(folder: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in [folder, *folder.parents])


def ways() -> list[str]:
    """How this machine can run Postgres: as who we are, and as root also without namespaces."""
    return ["as we are", "as nobody"] if os.geteuid() == 0 and passable(binaries()) else ["as we are"]


@pytest.fixture(params=ways())
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "as nobody":
        monkeypatch.setattr(postgres, "namespace", lambda: ())
    return str(request.param)


def server_version(url: str) -> int:
    with psycopg.connect(url) as connection:
        return connection.info.server_version


def test_postgres_serves_and_keeps_what_was_committed(way: str, tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    with EmbeddedPostgres(folder, password="first-word") as server, psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.commit()

    with EmbeddedPostgres(folder, password="first-word") as server, psycopg.connect(server.url) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
        assert row == (0,)
        assert connection.info.server_version >= 180000
        account = psutil.Process(server.process.pid).username() if server.process else ""

    assert account == ("nobody" if way == "as nobody" else psutil.Process().username())


def test_postgres_opens_the_way_to_its_data_no_further_than_it_must(way: str, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    with EmbeddedPostgres(closed / "postgres"):
        mode = stat.S_IMODE(closed.stat().st_mode)

    assert mode == (0o701 if way == "as nobody" else 0o700)
    assert stat.S_IMODE((closed / "postgres" / "data").stat().st_mode) == 0o700


def test_postgres_wants_its_password_and_listens_on_loopback_alone(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, password="right") as server:
        addresses = {c.laddr.ip for c in psutil.net_connections("tcp") if c.laddr and c.laddr.port == server.port}
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url.replace("right", "wrong"))

    assert addresses == {"127.0.0.1"}


def test_postgres_starts_over_what_a_killed_initdb_left(tmp_path: Path) -> None:
    half = tmp_path / "data.half"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    with EmbeddedPostgres(tmp_path) as server:
        assert server_version(server.url) >= 180000

    assert not half.exists()


def test_postgres_starts_though_its_old_number_is_another_programs_by_now(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, password="word"):
        pid_file = (tmp_path / "data" / "postmaster.pid").read_text()
    _, _, rest = pid_file.partition("\n")
    (tmp_path / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{rest}")

    with EmbeddedPostgres(tmp_path, password="word") as server:
        assert server_version(server.url) >= 180000


def test_postgres_refuses_data_that_a_living_server_holds(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, password="word") as server:
        with pytest.raises(CannotStart, match="postmaster.pid"):
            EmbeddedPostgres(tmp_path, password="word").start()
        assert server_version(server.url) >= 180000


def test_valkey_wants_its_password_and_keeps_nothing_on_disk(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path, password="right") as server:
        with redis.Redis.from_url(server.url) as client:
            client.set("said", "a sentence that was spoken")
        with redis.Redis.from_url(server.url.replace("right", "wrong")) as stranger, pytest.raises(redis.RedisError):
            stranger.ping()

    assert {path.name for path in tmp_path.iterdir()} == {"valkey.conf", "valkey.log"}
    assert not any(b"spoken" in path.read_bytes() for path in tmp_path.iterdir())
