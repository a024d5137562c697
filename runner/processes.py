"""Starting and ending child processes so that none is left behind."""

import contextlib
import ctypes
import importlib.util
import os
import random
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_EPHEMERAL_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


class CannotStart(RuntimeError):
    """A server did not come up; the message says which and what to do."""


def free_port() -> int:
    """A loopback port that nobody listens on, outside the range the system gives to clients.

    A port of that range is not ours for good: while the server restarts, a client that tries to reconnect can be
    given the very port as its own and end up connected to itself.
    """
    first, last = _client_ports()
    candidates = [port for port in range(15000, 32000) if not first <= port <= last] or list(range(15000, 32000))
    for port in random.sample(candidates, k=min(200, len(candidates))):
        if not is_taken(port):
            return port
    raise CannotStart("No free port was found between 15000 and 32000.")


def _client_ports() -> tuple[int, int]:
    try:
        first, last = re.findall(r"\d+", _EPHEMERAL_RANGE.read_text())
    except (OSError, ValueError):
        return 32768, 65535
    return int(first), int(last)


def is_taken(port: int) -> bool:
    """Whether somebody listens on it; a port in TIME_WAIT is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def _die_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """Linux ends the child when its parent is killed, so that a SIGKILL of the runner leaves nothing behind."""
    if _LIBC is None:
        return None
    prctl, value = _LIBC.prctl, int(how)

    def ask_the_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, value)

    return ask_the_kernel


def spawn(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | str,
    output: IO[bytes] | int | None,
    on_parents_death: signal.Signals = signal.SIGKILL,
    **options: Any,
) -> "subprocess.Popen[bytes]":
    """Start a child in a process group of its own: Ctrl-C reaches the runner alone, which then ends them in order.

    Call it from the main thread: to Linux the parent is the thread, and the child would end with it.
    """
    return subprocess.Popen(  # noqa: S603  the commands are this package's own
        list(command),
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        process_group=0,
        preexec_fn=_die_with_parent(on_parents_death),  # noqa: PLW1509  one prctl and nothing else
        **options,
    )


def end(process: "subprocess.Popen[bytes]", *, how: signal.Signals = signal.SIGTERM, within: float = 10.0) -> None:
    """Ask a child to stop, insist after `within` seconds, and leave nothing of its group."""
    if process.poll() is None:
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(within)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.poll() is None:
        process.kill()
        process.wait()


def package_folder(name: str) -> Path:
    """Where an installed package lies. Raises: CannotStart where it is not installed."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise CannotStart(f"The package {name} is not installed; `make setup` installs it.")
    return Path(spec.origin).parent


def tail(path: Path, characters: int = 800) -> str:
    """The last lines of a log, or nothing where there is none."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - characters))
            return log.read().decode(errors="replace").strip()
    except FileNotFoundError:
        return ""
