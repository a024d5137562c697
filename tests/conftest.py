"""What tests of several kinds share: real stores with settings that lead to them, and a browser."""

import base64
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from core.settings import Settings
from runner.browser import find
from runner.postgres import EmbeddedPostgres
from runner.valkey import EmbeddedValkey

ROOT = Path(__file__).resolve().parents[1]
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

CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--histories", type=int, default=30, help="how many random histories are played")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of every browser test: Playwright's sync interface cannot be entered twice in a process."""
    executable = find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("stores")
    with EmbeddedPostgres(folder / "postgres") as postgres, EmbeddedValkey(folder / "valkey") as valkey:
        environment = {
            **{name: secrets.token_urlsafe(24) for name in SECRETS},
            "ENCRYPTION_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            "GREENROOM_ENV": "local",
            "GREENROOM_RATE_SCALE": "1000",
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "STORAGE_URL": (folder / "objects").as_uri(),
        }
        command = [sys.executable, "-m", "alembic", "upgrade", "head"]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True, capture_output=True)
        yield Settings.model_validate({name.lower(): value for name, value in environment.items()})
