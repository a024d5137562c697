import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from runner.console import LogFollower
from runner.data_folder import DataFolder, Note, Started
from runner.processes import free_port, is_taken


def close_first(listener: socket.socket) -> int:
    """Leave a connection of the listener's port in TIME_WAIT; returns the port."""
    port: int = listener.getsockname()[1]
    with socket.create_connection(("127.0.0.1", port)) as client:
        served, _ = listener.accept()
        served.close()
        assert client.recv(1) == b""
    return port


def test_a_port_in_time_wait_is_free_and_one_that_is_listened_on_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = close_first(listener)
        assert is_taken(port)

    waiting = [c for c in psutil.net_connections("tcp") if c.laddr and c.laddr.port == port]
    assert psutil.CONN_TIME_WAIT in {connection.status for connection in waiting}
    assert not is_taken(port)


def test_a_free_port_is_none_that_the_system_gives_to_clients() -> None:
    with socket.create_server(("127.0.0.1", 0)) as given:
        ephemeral = given.getsockname()[1]
    ports = {free_port() for _ in range(20)}

    assert max(ports) < 32000 < ephemeral
    assert not any(is_taken(port) for port in ports)


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def note(folder: DataFolder, process: "subprocess.Popen[bytes]", *, created_at: float) -> None:
    folder.run.mkdir(parents=True)
    written = Note(os.getpid(), {}, (Started("api", process.pid, created_at),))
    (folder.run / "running.json").write_text(written.as_json())


def test_what_a_killed_runner_left_is_ended_by_the_next(tmp_path: Path, sleeper: "subprocess.Popen[bytes]") -> None:
    folder = DataFolder(tmp_path)
    note(folder, sleeper, created_at=psutil.Process(sleeper.pid).create_time())

    assert folder.end_stale() == ["api"]

    assert not psutil.pid_exists(sleeper.pid)
    assert folder.recall() is None


def test_a_stranger_with_the_number_of_an_old_child_is_left_alone(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    folder = DataFolder(tmp_path)
    note(folder, sleeper, created_at=psutil.Process(sleeper.pid).create_time() - 60)

    assert folder.end_stale() == []

    assert sleeper.poll() is None


LOG = """\
INFO:     Started server process [7]
2026-11-24T12:00:00Z [warning  ] the voice service is slow
INFO:     "GET /errors HTTP/1.1" 200
ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "x.py", line 1, in <module>
ValueError: no
INFO:     Shutting down
"""


@pytest.mark.parametrize(("verbose", "left_out"), [(False, ("INFO",)), (True, ())])
def test_the_console_shows_what_matters_and_everything_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verbose: bool, left_out: tuple[str, ...]
) -> None:
    follower = LogFollower("api", tmp_path / "api.log", verbose=verbose)
    for part in (LOG[:70], LOG[70:]):
        with (tmp_path / "api.log").open("a") as log:
            log.write(part)
        follower.follow()

    expected = [f"api      | {line}" for line in LOG.splitlines() if not line.startswith(left_out or ("never",))]
    assert capsys.readouterr().out.splitlines() == expected


def test_the_last_words_of_a_dead_program_are_shown_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "api.log").write_text("of an earlier run\n")
    follower = LogFollower("api", tmp_path / "api.log", verbose=False)
    with (tmp_path / "api.log").open("a") as log:
        log.write("I give up\nbecause of this")

    follower.show_last()
    follower.show_last()

    assert capsys.readouterr().out == "api      | I give up\napi      | because of this\n"
