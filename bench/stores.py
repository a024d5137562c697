"""Real stores for a measurement or a test, with the settings that lead to them; and the API over them in a process of
its own."""

import base64
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from bench.product import ROOT, NotStarted
from core.settings import Settings
from runner.postgres import EmbeddedPostgres
from runner.processes import free_port
from runner.valkey import EmbeddedValkey

START_SECONDS = 60
SECRETS = (
    "JWT_SECRET",
    "GEMINI_API_KEY",
    "VAPI_PRIVATE_KEY",
    "VAPI_PUBLIC_KEY",
    "VAPI_WEBHOOK_SECRET",
    "RAZORPAY_KEY_ID",
    "RAZORPAY_KEY_SECRET",
    "RAZORPAY_WEBHOOK_SECRET",
)


@dataclass(frozen=True)
class Stores:
    environment: Mapping[str, str]
    postgres_url: str

    @property
    def settings(self) -> Settings:
        return Settings.model_validate({name.lower(): value for name, value in self.environment.items()})


def invented() -> dict[str, str]:
    """Every secret the product asks for, made up for one run."""
    made = {secret: secrets.token_urlsafe(24) for secret in SECRETS}
    return {**made, "ENCRYPTION_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"}


@contextmanager
def stores(**more: str) -> Iterator[Stores]:
    """A migrated Postgres that commits to disk as in production, and a Valkey; `more` goes into the environment."""
    with tempfile.TemporaryDirectory(prefix="greenroom-stores-") as name:
        folder = Path(name)
        with EmbeddedPostgres(folder / "postgres") as postgres, EmbeddedValkey(folder / "valkey") as valkey:
            environment = {
                **invented(),
                "GREENROOM_ENV": "local",
                "GREENROOM_RATE_SCALE": "100000",
                "GREENROOM_LOG_LEVEL": "ERROR",
                "DATABASE_URL": postgres.url,
                "REDIS_URL": valkey.url,
                "STORAGE_URL": (folder / "objects").as_uri(),
                **more,
            }
            migrate(environment)
            yield Stores(environment, postgres.url)


def migrate(environment: Mapping[str, str], revision: str = "head") -> None:
    """Bring the environment's database to a revision."""
    command = [sys.executable, "-m", "alembic", "upgrade", revision]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True, capture_output=True)


@dataclass(frozen=True)
class Server:
    port: int
    process: psutil.Process

    def cpu_seconds(self) -> float:
        used = self.process.cpu_times()
        return used.user + used.system


@contextmanager
def serving(given: Stores) -> Iterator[Server]:
    """`bench.served` in a process of its own."""
    port = free_port()
    where = ["bench.served:app", "--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--log-level", "error"]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", *where], cwd=ROOT, env={**os.environ, **given.environment}
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _is_ready(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise NotStarted("the API did not start")
            time.sleep(0.1)
        yield Server(port, psutil.Process(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
