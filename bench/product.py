"""The whole product, started for a measurement and thrown away after it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.processes import free_port

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 180


class NotStarted(RuntimeError):
    """The product did not come up."""


@dataclass
class Product:
    api: str
    sandbox: str
    data: Path


@contextmanager
def running(**more: str) -> Iterator[Product]:
    """The whole product on free ports and in a folder of its own; `more` goes into its environment."""
    with tempfile.TemporaryDirectory(prefix="greenroom-bench-") as folder:
        names = ("GREENROOM_APP_PORT", "GREENROOM_API_PORT", "GREENROOM_SANDBOX_PORT")
        ports = {name: str(free_port()) for name in names}
        env = {
            **os.environ,
            **ports,
            "GREENROOM_DATA_DIR": folder,
            "GREENROOM_RATE_SCALE": "1000",
            "GREENROOM_RECONCILE_SECONDS": "2",
            "GREENROOM_RECONCILE_AFTER_SECONDS": "4",
            **more,
        }
        log = Path(folder) / "runner.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "runner"], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )  # fmt: skip
        try:
            deadline = time.monotonic() + READY_SECONDS
            while "Greenroom is ready" not in log.read_text(errors="replace"):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise NotStarted(f"the product did not start: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.2)
            address = "http://127.0.0.1:"
            yield Product(
                address + ports["GREENROOM_API_PORT"], address + ports["GREENROOM_SANDBOX_PORT"], Path(folder)
            )
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
