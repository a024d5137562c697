"""The real adapters over the wire, against the sandbox in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bench.stores import invented
from core.settings import Settings
from runner.processes import free_port
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    return {
        **invented(),
        "GREENROOM_ENV": "local",
        "GREENROOM_SANDBOX_PORT": str(free_port()),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "STORAGE_URL": "file:///nowhere",
        "GEMINI_TIMEOUT_SECONDS": "3",
        "VAPI_TIMEOUT_SECONDS": "2",
        "RAZORPAY_TIMEOUT_SECONDS": "2",
    }


@pytest.fixture(scope="session")
def settings(environment: dict[str, str]) -> Settings:
    return Settings.model_validate({name.lower(): value for name, value in environment.items()})


@pytest.fixture(scope="session")
def sandbox(environment: dict[str, str]) -> Iterator[httpx.Client]:
    port = environment["GREENROOM_SANDBOX_PORT"]
    command = [sys.executable, "-m", "uvicorn", "sandbox.main:app", "--host", "127.0.0.1", "--port", port]
    process = subprocess.Popen(
        [*command, "--log-level", "warning"], cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL
    )
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10)
    try:
        until(lambda: client.get("/_control/health").is_success, "the sandbox", despite=httpx.HTTPError)
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait(15)


@pytest.fixture(autouse=True)
def clean(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "sandbox" in request.fixturenames:
        request.getfixturevalue("sandbox").post("/_control/reset")
