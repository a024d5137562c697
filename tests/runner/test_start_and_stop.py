"""Real Postgres, real Valkey, real processes; only the product's programs are stand-ins."""

import json
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.runner.conftest import Start
from tests.runner.support import ROOT, Run, ordinary_users, processes_of
from tests.waiting import until


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """One start for all tests that only look at it."""
    run = Run(tmp_path_factory.mktemp("running") / "data")
    yield run.ready()
    run.kill_everything()


def test_one_line_says_it_is_ready_and_where_after_the_demo_accounts(running: Run) -> None:
    address = f"http://127.0.0.1:{running.env['GREENROOM_APP_PORT']}"
    password = json.loads((running.data / "secrets.json").read_text())["GREENROOM_DEMO_PASSWORD"]
    assert running.lines[-1] == f"Greenroom is ready: {address}"
    assert running.text.count("Greenroom is ready") == 1
    assert [line.split() for line in running.lines[:3]] == [
        [account, "password", password] for account in ("candidate", "coach", "admin")
    ]


def test_every_process_is_found_by_the_data_folder_it_was_started_for(running: Run) -> None:
    assert {*running.children().values(), running.process.pid} <= {p.pid for p in processes_of(running.data)}
    assert sorted(running.children()) == ["api", "app", "postgres", "sandbox", "valkey", "worker"]


@pytest.mark.parametrize(
    ("name", "mode"), [(".", 0o700), ("secrets.json", 0o600), ("valkey/valkey.conf", 0o600), ("logs/api.log", 0o600)]
)
def test_nobody_else_may_read_the_data(running: Run, name: str, mode: int) -> None:
    assert stat.S_IMODE((running.data / name).stat().st_mode) == mode


def test_a_second_start_is_refused_and_the_first_goes_on(running: Run) -> None:
    children = running.children()

    second = Run(running.data)

    assert second.ended() == 1
    assert second.lines == [f"cannot start: Greenroom is already running (pid {running.process.pid})."]
    assert running.process.poll() is None
    assert running.children() == children
    assert all(psutil.pid_exists(pid) for pid in children.values())


@pytest.mark.parametrize("wanted", ["GREENROOM_DATA_DIR", "DATABASE_URL", "REDIS_URL"])
def test_a_command_beside_it_has_the_environment_of_its_processes(running: Run, wanted: str) -> None:
    api = psutil.Process(running.children()["api"])

    told = subprocess.run(
        [sys.executable, "-m", "runner", "with", "printenv", wanted],
        cwd=ROOT, env=running.env, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert told.stdout == f"{api.environ()[wanted]}\n"


@pytest.mark.parametrize(
    ("how", "to_the_group", "times"),
    [
        pytest.param(signal.SIGTERM, False, 1, id="SIGTERM as a supervisor sends it"),
        pytest.param(signal.SIGINT, True, 3, id="Ctrl-C by an impatient person"),
        pytest.param(signal.SIGHUP, True, 1, id="a terminal that is closed"),
    ],
)
def test_a_stop_leaves_no_process(
    start: Start, data: Path, how: signal.Signals, to_the_group: bool, times: int
) -> None:
    run = start().ready()

    for _ in range(times):
        run.signal(how, group=to_the_group)

    assert run.ended() == 0
    assert run.lines[-1] == "Greenroom has stopped."
    assert processes_of(data) == []


def test_a_stop_while_it_starts_leaves_no_process(start: Start, data: Path) -> None:
    run = start()
    until(lambda: "postgres" in run.children(), "Postgres to be started")

    run.signal(signal.SIGTERM)

    assert run.ended() == 0
    assert "Greenroom is ready" not in run.text
    assert processes_of(data) == []


def test_a_program_that_does_not_heed_the_signal_is_ended_all_the_same(start: Start, data: Path) -> None:
    run = start(STAND_IN_STUBBORN="worker").ready()

    run.signal(signal.SIGTERM)

    assert run.ended() == 0
    assert processes_of(data) == []


def test_a_killed_runner_leaves_nothing_that_the_next_start_stumbles_over(start: Start, data: Path) -> None:
    run = start().ready()
    orphans = run.children()

    run.signal(signal.SIGKILL)
    run.ended()
    if sys.platform == "linux":  # Elsewhere it is the next start that ends them.
        until(lambda: not processes_of(data), "the kernel to end the children")
    again = start(**{name: run.env[name] for name in run.env if name.startswith("GREENROOM_")}).ready()

    left = {process.pid for process in processes_of(data)}
    assert not left & {*orphans.values()}
    assert {*again.children().values()} <= left


def test_a_taken_port_is_named_with_the_variable_that_changes_it(start: Start, data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = start(GREENROOM_API_PORT=str(port))
        code = run.ended()

    assert code == 1
    assert run.lines == [
        f"cannot start: Port {port} is in use by another program. Stop it, or set GREENROOM_API_PORT to a free port."
    ]
    assert processes_of(data) == []


def test_a_program_that_cannot_start_is_named_with_its_last_words(start: Start, data: Path) -> None:
    run = start(STAND_IN_BROKEN="api")

    assert run.ended() == 1
    assert "api      | api has a reason to give up" in run.lines
    assert run.lines[-1] == f"cannot start: api cannot stay up; its log is {data / 'logs' / 'api.log'}"
    assert processes_of(data) == []


def test_a_failing_migration_is_named_and_nothing_is_left(start: Start, data: Path) -> None:
    run = start(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nowhere")

    assert run.ended() == 1
    assert run.lines[-1].startswith("cannot start: The step 'migrations' ended with exit code 1")
    assert processes_of(data) == []


@pytest.mark.parametrize("user", ordinary_users())
def test_it_runs_for_whoever_starts_it(start: Start, data: Path, tmp_path: Path, user: str) -> None:
    tmp_path.chmod(0o777)
    run = start(prefix=ordinary_users()[user], HOME=str(tmp_path)).ready()

    run.signal(signal.SIGTERM)

    assert run.ended() == 0
    assert processes_of(data) == []
