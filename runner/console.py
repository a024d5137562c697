"""What the person at the terminal sees: the runner's own lines, and of the children's logs what matters."""

import os
import re
import shutil
import sys
from collections import deque
from pathlib import Path

LAST_LINES = 12
LARGEST_LOG_BYTES = 20_000_000
_MATTERS = re.compile(
    r"^\s*(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b|\b(ERROR|FATAL|PANIC):  |\[(warning|error|critical)\s*\]"
    r'|"level": ?"(warning|error|critical)"',
)
_TRACE = "Traceback (most recent call last)"


def say(line: str) -> None:
    """Print a line at once. A terminal that was closed is no reason to leave the children alone."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  it stays open as long as the process


class LogFollower:
    """Shows the new lines of one child's log: warnings, errors and traces, or everything with `verbose`."""

    def __init__(self, name: str, path: Path, *, verbose: bool) -> None:
        self.name = name
        self.path = path
        self._verbose = verbose
        self._offset = path.stat().st_size if path.exists() else 0
        self._half_line = b""
        self._in_trace = False
        self._unseen: deque[str] = deque(maxlen=LAST_LINES)

    def follow(self) -> None:
        """Show what has come since the last time."""
        for line in self._new_lines():
            if self._verbose or self._matters(line):
                self._show(line)
            elif line:
                self._unseen.append(line)

    def show_last(self) -> None:
        """Show the lines that were not worth showing while the child was well."""
        self.follow()
        if self._half_line:
            self._unseen.append(self._half_line.decode(errors="replace"))
            self._half_line = b""
        while self._unseen:
            self._show(self._unseen.popleft())

    def cut(self) -> None:
        """Keep a log from filling the disk: the child appends, so it goes on at the start of the emptied file."""
        if self.path.exists() and self.path.stat().st_size > LARGEST_LOG_BYTES:
            self.follow()
            shutil.copyfile(self.path, self.path.with_suffix(".log.1"))
            os.truncate(self.path, 0)
            self._offset = 0

    def _new_lines(self) -> list[str]:
        if not self.path.exists():
            return []
        with self.path.open("rb") as log:
            log.seek(self._offset)
            new = log.read()
        self._offset += len(new)
        *lines, self._half_line = (self._half_line + new).split(b"\n")
        return [line.decode(errors="replace").rstrip() for line in lines]

    def _matters(self, line: str) -> bool:
        if _TRACE in line:
            self._in_trace = True
            return True
        if self._in_trace:
            self._in_trace = line.startswith((" ", "\t")) or not line
            return True
        return bool(_MATTERS.search(line))

    def _show(self, line: str) -> None:
        say(f"{self.name:<8} | {line}")
