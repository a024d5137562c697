"""Keeps a set of processes up: starts them, waits until they are ready, starts again what dies, ends them in order."""

import http.client
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Protocol

from runner.console import LogFollower, say
from runner.processes import CannotStart, end, spawn

READY_SECONDS = 180.0
POLL_SECONDS = 0.1
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
SETTLED_SECONDS = 30.0
STARTS_BEFORE_READY = 3
DEATHS_TO_NAME = 5


class StopRequested(Exception):
    """Somebody asked the runner to stop while it was starting."""


class Service(Protocol):
    """A process as the supervisor sees it."""

    @property
    def name(self) -> str: ...

    @property
    def log(self) -> Path: ...

    @property
    def stop_signal(self) -> signal.Signals: ...

    @property
    def grace_seconds(self) -> float: ...

    def launch(self) -> "subprocess.Popen[bytes]":
        """Start it without waiting. Raises: CannotStart."""
        ...

    def is_ready(self) -> bool:
        """Whether it does its work. Answers within two seconds or so."""
        ...


class Probe(Protocol):
    def reset(self) -> None:
        """Forget the readiness of an earlier run."""
        ...

    def passes(self) -> bool: ...


@dataclass(frozen=True)
class AnswersHttp:
    """Ready when the address answers 200. No proxy is asked, whatever the environment says."""

    port: int
    path: str

    def reset(self) -> None:
        return

    def passes(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", self.path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@dataclass(frozen=True)
class WritesFile:
    """Ready when the process has made a file."""

    path: Path

    def reset(self) -> None:
        self.path.unlink(missing_ok=True)

    def passes(self) -> bool:
        return self.path.exists()


@dataclass(frozen=True)
class Program:
    """A command of the product as a service. A terminated one gets `grace_seconds` to finish what it does."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    probe: Probe
    grace_seconds: float = 5.0
    stop_signal: signal.Signals = signal.SIGTERM

    def launch(self) -> "subprocess.Popen[bytes]":
        self.probe.reset()
        with self.log.open("ab") as log:
            return spawn(self.command, env=self.env, cwd=self.cwd, output=log)

    def is_ready(self) -> bool:
        return self.probe.passes()


@dataclass
class Child:
    service: Service
    follower: LogFollower
    process: "subprocess.Popen[bytes] | None" = None
    is_ready: bool = False
    was_ready: bool = False
    launched_at: float = 0.0
    deaths: int = 0
    again_at: float = field(default=0.0)


class Supervisor:
    def __init__(self, *, verbose: bool = False, on_change: Callable[[list[tuple[str, int]]], None]) -> None:
        """`on_change` is given the name and number of every running child whenever one was started."""
        self._verbose = verbose
        self._on_change = on_change
        self._children: list[Child] = []
        self._stop_asked = False

    def heed_signals(self) -> None:
        """Stop in order on Ctrl-C, on SIGTERM and when the terminal goes; asking twice changes nothing."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._ask_to_stop)

    def run_step(self, name: str, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> None:
        """Run a command to its end. Raises: CannotStart when it fails, StopRequested."""
        log.unlink(missing_ok=True)
        follower = LogFollower(name, log, verbose=self._verbose)
        with log.open("ab") as output:
            process = spawn(command, env=env, cwd=cwd, output=output)
        while process.poll() is None and not self._stop_asked:
            time.sleep(POLL_SECONDS / 2)
            follower.follow()
        end(process)
        if self._stop_asked:
            raise StopRequested
        if process.returncode != 0:
            follower.show_last()
            raise CannotStart(f"The step {name!r} {_how(process.returncode)}; its log is {log}")
        follower.follow()

    def bring_up(self, services: Sequence[Service]) -> None:
        """Start the services side by side and wait until all are ready; watch over the earlier ones meanwhile.

        Raises: CannotStart, naming the one that did not come up; StopRequested.
        """
        new = [Child(s, LogFollower(s.name, s.log, verbose=self._verbose)) for s in services]
        for child in new:
            self._children.append(child)
            self._launch(child)
        deadline = time.monotonic() + READY_SECONDS
        while waiting := [child for child in new if not child.is_ready]:
            if time.monotonic() > deadline:
                waiting[0].follower.show_last()
                raise CannotStart(
                    f"{waiting[0].service.name} is not ready after {READY_SECONDS:.0f} s{_see(waiting[0])}"
                )
            self._tick()
            for child in new:
                if not child.was_ready and child.deaths >= STARTS_BEFORE_READY:
                    raise CannotStart(f"{child.service.name} cannot stay up{_see(child)}")

    def watch(self) -> None:
        """Keep everything up until somebody asks to stop. Raises: StopRequested."""
        while True:
            self._tick()

    def stop(self) -> None:
        """End the children, the last started first. Does nothing a second time."""
        while self._children:
            child = self._children.pop()
            if child.process is not None:
                end(child.process, how=child.service.stop_signal, within=child.service.grace_seconds)
            child.follower.follow()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_asked = True

    def _tick(self) -> None:
        for child in self._children:
            self._look_after(child)
            child.follower.follow()
            child.follower.cut()
        time.sleep(POLL_SECONDS)
        if self._stop_asked:
            raise StopRequested

    def _look_after(self, child: Child) -> None:
        if child.process is None:
            if time.monotonic() >= child.again_at:
                self._launch(child)
        elif child.process.poll() is not None:
            self._bury(child, _how(child.process.returncode))
        elif not child.is_ready and child.service.is_ready():
            child.is_ready = True
            if child.was_ready:
                say(f"{child.service.name} is up again")
            child.was_ready = True

    def _launch(self, child: Child) -> None:
        child.launched_at = time.monotonic()
        try:
            child.process = child.service.launch()
        except (CannotStart, OSError) as exc:
            if not child.was_ready:
                raise CannotStart(f"{child.service.name}: {exc}") from exc
            self._bury(child, f"could not be started: {exc}")
        self._on_change([(c.service.name, c.process.pid) for c in self._children if c.process is not None])

    def _bury(self, child: Child, how: str) -> None:
        """Note a death and when to try again: at once for the first, later and later for one that keeps dying."""
        if child.process is not None:
            end(child.process)  # It is gone, but perhaps not all of its group.
        settled = child.is_ready and time.monotonic() - child.launched_at > SETTLED_SECONDS
        child.deaths = 1 if settled else child.deaths + 1
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (child.deaths - 1))
        child.process, child.is_ready, child.again_at = None, False, time.monotonic() + pause
        child.follower.show_last()
        say(f"{child.service.name} {how}; it is started again in {pause:g} s")
        if child.was_ready and child.deaths >= DEATHS_TO_NAME:
            say(f"{child.service.name} cannot stay up: {child.deaths} deaths in a row{_see(child)}")


def _how(returncode: int) -> str:
    if returncode < 0:
        return f"was ended by signal {-returncode}"
    return f"ended with exit code {returncode}"


def _see(child: Child) -> str:
    return f"; its log is {child.service.log}"
