"""The short form of `make fuzz`: requests that are made up from the OpenAPI document."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_no_made_up_request_breaks_anything_or_is_answered_otherwise_than_documented() -> None:
    command = [sys.executable, "-m", "bench.fuzz", "--requests", "500", "--people", "admin"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    answered = re.search(r"^admin +(\d+) requests: (.*)$", done.stdout, re.M)
    assert answered, done.stdout
    assert int(answered.group(1)) >= 500
    assert not re.search(r"\b5\d\d ×", answered.group(2))
