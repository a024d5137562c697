"""The folder that outlives a run: locked by one runner at a time, with a note of what that runner has started."""

import contextlib
import fcntl
import json
import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from runner.processes import CannotStart

STALE_SECONDS = 10.0


class AlreadyRunning(CannotStart):
    def __init__(self, pid: str) -> None:
        super().__init__(f"Greenroom is already running (pid {pid}).")


@dataclass(frozen=True)
class Started:
    """One child. The time tells it from a later process that was given the same number."""

    name: str
    pid: int
    created_at: float


@dataclass(frozen=True)
class Note:
    """What runs on this folder: written by the runner, read by the next one and by commands beside it."""

    pid: int
    store_ports: Mapping[str, int] = field(default_factory=dict)
    children: tuple[Started, ...] = ()

    def as_json(self) -> str:
        return json.dumps(asdict(self))


class DataFolder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = path / "logs"
        self.run = path / "run"
        self._note = self.run / "running.json"

    @property
    def has_data(self) -> bool:
        return any((self.path / name).exists() for name in ("postgres", "objects", "sandbox"))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this process; the kernel lets go of it however the process ends.

        Raises: AlreadyRunning at once, nothing touched, where another process holds it; CannotStart where the
        folder cannot be made or written.
        """
        self._make()
        with (self.run / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise AlreadyRunning(lock.read().strip() or "unknown") from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def remember(self, store_ports: Mapping[str, int], running: Iterable[tuple[str, int]]) -> None:
        children = []
        for name, pid in running:
            with contextlib.suppress(psutil.NoSuchProcess):
                children.append(Started(name, pid, psutil.Process(pid).create_time()))
        note = Note(os.getpid(), dict(store_ports), tuple(children))
        half = self._note.with_suffix(".half")
        half.write_text(note.as_json())
        half.replace(self._note)

    def recall(self) -> Note | None:
        """The last runner's note; None where there is none that can be read."""
        try:
            kept = json.loads(self._note.read_text())
            children = tuple(Started(**child) for child in kept["children"])
            return Note(kept["pid"], kept["store_ports"], children)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def forget(self) -> None:
        self._note.unlink(missing_ok=True)

    def end_stale(self) -> list[str]:
        """End what a killed runner has left. Returns the names of what was still there."""
        note = self.recall()
        stale = [(child.name, process) for child in (note.children if note else ()) if (process := _find(child))]
        for name, process in stale:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGKILL)
        _, alive = psutil.wait_procs([process for _, process in stale], timeout=STALE_SECONDS)
        for process in alive:
            process.kill()
        psutil.wait_procs(alive, timeout=STALE_SECONDS)
        self.forget()
        return [name for name, _ in stale]

    def _make(self) -> None:
        try:
            if not self.path.exists():
                self.path.mkdir(parents=True, mode=0o700)
            for folder in (self.logs, self.run):
                folder.mkdir(exist_ok=True)
            (self.run / "lock").touch()
        except OSError as exc:
            raise CannotStart(
                f"{self.path} cannot be written ({exc.strerror}). Set GREENROOM_DATA_DIR to a folder of your own."
            ) from exc


def _find(child: Started) -> psutil.Process | None:
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(child.pid)
        if abs(process.create_time() - child.created_at) < 2 and process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None
