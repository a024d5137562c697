"""The whole product, started for a measurement and thrown away after it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.settings import Settings
from runner.configuration import read_configuration
from runner.data_folder import DataFolder
from runner.processes import free_port
from runner.product import stores

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 180


class NotStarted(RuntimeError):
    """The product did not come up."""


@dataclass
class Product:
    api: str
    sandbox: str
    data: Path
    app_port: int = 0
    given: Mapping[str, str] = field(default_factory=dict)
    """The environment it was started with."""

    def environment(self) -> dict[str, str]:
        """What its processes have: the way to its stores, and its keys."""
        folder = DataFolder(self.data)
        note = folder.recall()
        found = stores(read_configuration(self.given, ROOT), folder, ports=note.store_ports if note else {})
        return dict(found.env)

    def settings(self) -> Settings:
        return Settings.model_validate({name.lower(): value for name, value in self.environment().items()})


@contextmanager
def running(*, without: Sequence[str] = (), **more: str) -> Iterator[Product]:
    """The whole product on free ports and in a folder of its own; `more` goes into its environment, and what it is
    `without` (app, worker, ...) is not started."""
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
        command = [sys.executable, "-m", "runner", *(f"--without={name}" for name in without)]
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )  # fmt: skip
        try:
            deadline = time.monotonic() + READY_SECONDS
            while "Greenroom is ready" not in log.read_text(errors="replace"):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise NotStarted(f"the product did not start: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.2)
            address = "http://127.0.0.1:"
            yield Product(
                address + ports["GREENROOM_API_PORT"],
                address + ports["GREENROOM_SANDBOX_PORT"],
                Path(folder),
                int(ports["GREENROOM_APP_PORT"]),
                env,
            )
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
