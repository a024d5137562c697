"""Starting the runner as a person at a terminal would, and seeing what it leaves behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import psutil

from runner import postgres
from runner.data_folder import DataFolder
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent
WAIT_SECONDS = 30.0
OURS = ("GREENROOM_", "DATABASE_", "REDIS_", "STORAGE_", "VAPI_", "RAZORPAY_", "GEMINI_", "STAND_IN_")


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def ordinary_users() -> dict[str, Sequence[str]]:
    """What to put before a command to run it as each kind of user this machine can show."""
    as_nobody = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
    inside = postgres.namespace()
    named = (inside or as_nobody) if os.geteuid() == 0 else ()
    unnamed = {"a user without a name": (*inside[:2], "--map-user=54321", "--map-group=54321")} if inside else {}
    return {"a user": named, **unnamed}


def processes_of(data: Path) -> list[psutil.Process]:
    """Every living process that was started for this data folder, by its environment or its command."""
    found = []
    for process in psutil.process_iter():
        try:
            marked = process.environ().get("GREENROOM_DATA_DIR") == str(data) or str(data) in " ".join(
                process.cmdline()
            )
            if marked and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


class Run:
    """One start of the runner over the stand-ins, in a process group of its own as a terminal gives it."""

    def __init__(self, data: Path, *, prefix: Sequence[str] = (), **environment: str) -> None:
        self.data = data
        self.lines: list[str] = []
        ports = {f"GREENROOM_{name}_PORT": str(unused_port()) for name in ("APP", "API", "SANDBOX")}
        self.env = {**clean_environment(), **ports, "GREENROOM_DATA_DIR": str(data), **environment}
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "tests.runner.stand_in"],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def ready(self) -> "Run":
        until(lambda: "Greenroom is ready" in self.text or self.process.poll() is not None, "the ready line")
        assert self.process.poll() is None, self.text
        return self

    def children(self) -> dict[str, int]:
        """The number of each child, as the runner has noted it."""
        note = DataFolder(self.data).recall()
        return {child.name: child.pid for child in note.children} if note else {}

    def signal(self, number: signal.Signals, *, group: bool = False) -> None:
        (os.killpg if group else os.kill)(self.process.pid, number)

    def ended(self) -> int:
        """Wait for its end; returns the exit code."""
        code = self.process.wait(WAIT_SECONDS)
        self._reader.join(WAIT_SECONDS)
        return code

    def kill_everything(self) -> None:
        for process in processes_of(self.data):
            process.kill()
        until(lambda: not processes_of(self.data), "the killed processes to be gone")
        self.ended()

    def _read(self) -> None:
        if self.process.stdout is None:
            return
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip())
