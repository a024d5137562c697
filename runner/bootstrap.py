"""Makes `.venv` from a locked requirements file: `python3 -m runner.bootstrap requirements.txt`.

It runs before anything is installed, so it imports the standard library only. It does nothing when the file is what
was last installed, and starts over when an installation was interrupted: half a package looks like a whole one.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from runner.processes import end, spawn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "unfinished"
NO_PIP = (
    "This Python can neither make a virtual environment with pip in it nor has a pip of its own.\n"
    "On Debian and Ubuntu `apt install python3-venv` brings what is missing."
)


class Failed(SystemExit):
    """The environment could not be made; the message says what to do."""


def main(requirements: Path) -> None:
    # Two `make` at once take turns: the file that is installed from is the lock.
    with requirements.open("rb") as locked:
        fcntl.flock(locked, fcntl.LOCK_EX)
        wanted = hashlib.sha256(locked.read()).hexdigest()
        stamp = VENV / f"{requirements.stem}.sha256"
        if UNFINISHED.exists() or not PYTHON.exists():
            shutil.rmtree(VENV, ignore_errors=True)
        elif stamp.exists() and stamp.read_text() == wanted:
            return
        sys.stdout.write(f"Installing {requirements.name} into .venv; the first time this takes a minute ...\n")
        sys.stdout.flush()
        if not PYTHON.exists():
            _make_venv()
        UNFINISHED.touch()
        _install(requirements)
        stamp.write_text(wanted)
        UNFINISHED.unlink()


def _make_venv() -> None:
    """Debian's Python lacks the pip that venv would copy; a pip outside can install into the environment too."""
    if _run([sys.executable, "-m", "venv", str(VENV)], silent=True) != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        if _run([sys.executable, "-m", "venv", "--without-pip", str(VENV)]) != 0:
            raise Failed(NO_PIP)


def _install(requirements: Path) -> None:
    # The lock names every package, so there is nothing to resolve; that is quicker, and older versions of pip trip
    # over extras when they resolve with hashes.
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
    if _run([*_pip(), "install", *options, "-r", str(requirements)]) != 0:
        raise Failed(f"pip could not install {requirements.name}; its message is above. Nothing else was changed.")


def _pip() -> list[str]:
    inside = [str(PYTHON), "-m", "pip"]
    if _run([*inside, "--version"], silent=True) == 0:
        return inside
    outside = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if _run([*outside, "--version"], silent=True) == 0:
        return outside
    raise Failed(NO_PIP)


def _run(command: Sequence[str], *, silent: bool = False) -> int:
    process = spawn(command, env=os.environ, cwd=ROOT, output=subprocess.DEVNULL if silent else None)
    try:
        return process.wait()
    finally:
        end(process)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, _leave)
    with contextlib.chdir(ROOT):
        main(Path(sys.argv[1]))
