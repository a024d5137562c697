"""The whole product, started as `make run` starts it, on ports and in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runner.processes import end, free_port, spawn

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 150
OURS = ("GREENROOM_", "DATABASE_", "REDIS_", "STORAGE_", "VAPI_", "RAZORPAY_", "GEMINI_", "STREAMLIT_", "OIDC_")
PASSWORD = "Plum-teapot-walks-7"  # noqa: S105  of the demo accounts in a folder that is thrown away


class Product:
    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        names = ("GREENROOM_APP_PORT", "GREENROOM_API_PORT", "GREENROOM_SANDBOX_PORT")
        ports = {name: str(free_port()) for name in names}
        self.app, self.api, self.sandbox = (f"http://127.0.0.1:{ports[name]}" for name in names)
        self._env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
            **ports,
            "GREENROOM_DATA_DIR": str(folder),
            "GREENROOM_DEMO_PASSWORD": PASSWORD,
            "GREENROOM_RATE_SCALE": "1000",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def _console(self) -> Path:
        return self.folder / "console.log"

    def start(self) -> None:
        with self._console.open("wb") as console:
            self._process = spawn([sys.executable, "-m", "runner"], env=self._env, cwd=ROOT, output=console)
        deadline = time.monotonic() + READY_SECONDS
        while "Greenroom is ready" not in self._console.read_text(errors="replace"):
            assert self._process.poll() is None, self.logs()
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.1)

    def wait_for_application(self) -> None:
        """Wait until a Streamlit server answers (again)."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.app}/_stcore/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.logs())

    def stop(self) -> None:
        if self._process is not None:
            end(self._process, how=signal.SIGTERM, within=30)

    def logs(self) -> str:
        """The end of every log, for a test that failed."""
        logs = [self._console, *self.folder.glob("logs/*.log")]
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-1500:]}" for path in logs)

    def pay(self, order_id: str, outcome: str = "captured") -> dict[str, str]:
        """Have the sandbox's customer pay an order; its webhook follows."""
        answer: dict[str, str] = self._post(f"/_control/razorpay/orders/{order_id}/pay", {"outcome": outcome})
        return answer

    @contextmanager
    def fault(self, **wanted: Any) -> Iterator[None]:
        """Have a provider misbehave meanwhile, as `sandbox.faults.Fault` says."""
        self._post("/_control/faults", wanted)
        try:
            yield
        finally:
            self._post("/_control/faults", None, method="DELETE")

    def _post(self, path: str, body: dict[str, Any] | None, *, method: str = "POST") -> Any:
        request = urllib.request.Request(
            self.sandbox + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.load(reply)


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="greenroom-e2e-", ignore_cleanup_errors=True)
