"""Finds a Chromium for the browser tests, or brings one: `python -m runner.browser` prints its path."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = ("/usr/bin/chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
APT = ("apt-get", "-qq", "-o", "Dpkg::Use-Pty=0")
MISSING = (
    "The browser tests need Chromium. Install it (Debian: `apt install chromium`), "
    "or set GREENROOM_CHROMIUM to the path of one."
)


def find() -> str | None:
    """The Chromium of GREENROOM_CHROMIUM, else one that is installed, else the one Playwright has brought."""
    if given := os.environ.get("GREENROOM_CHROMIUM"):
        return given
    found = [path for name in NAMES if (path := shutil.which(name))]
    found += [path for path in (*PLACES, _playwrights()) if Path(path).exists()]
    return found[0] if found else None


def bring() -> str | None:
    """Install one: by apt where we are root, else by Playwright into the home. None when neither works."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run([*APT, "update"])
        _run([*APT, "install", "-y", "--no-install-recommends", "chromium"])
    if (found := find()) is None:
        _run([sys.executable, "-m", "playwright", "install", "chromium"])
        found = find()
    return found


def _playwrights() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _run(command: Sequence[str]) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, env=env, stdout=sys.stderr, check=False)  # noqa: S603  the commands are this module's own


def main() -> None:
    chromium = find()
    if chromium is None:
        sys.stderr.write("Installing Chromium for the browser tests ...\n")
        chromium = bring()
    if chromium is None:
        raise SystemExit(MISSING)
    sys.stdout.write(f"{chromium}\n")


if __name__ == "__main__":
    main()
