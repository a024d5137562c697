"""The short form of `make chaos`: processes are killed under people in interviews."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_killed_processes_lose_and_double_nothing() -> None:
    command = [sys.executable, "-m", "bench.chaos", "--kills", "5", "--people", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    figures = {line[:24].strip(): line[24:].strip() for line in done.stdout.splitlines() if not line.startswith(" ")}
    assert done.returncode == 0, done.stdout + done.stderr
    assert (figures["lost"], figures["doubled"]) == ("0", "0")
    assert int(figures["interviews delivered"]) >= 2
