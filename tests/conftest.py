"""What tests of several kinds share: real stores with settings that lead to them, and a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from bench.stores import stores
from core.settings import Settings
from runner.browser import find

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
def settings() -> Iterator[Settings]:
    with stores(GREENROOM_RATE_SCALE="1000", GREENROOM_LOG_LEVEL="INFO") as real:
        yield real.settings
