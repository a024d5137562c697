"""Streamlit servers in processes of their own: the product's, the same as Streamlit comes, and one empty page."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import httpx
import psutil

from bench.product import ROOT, NotStarted
from runner.processes import free_port

Kind = Literal["ours", "as it comes", "empty"]
SCRIPTS: Mapping[Kind, str] = {"ours": "app.py", "as it comes": "bench/as_it_comes.py", "empty": "bench/empty_page.py"}
COLLECT = {"STREAMLIT_RUNNER_POST_SCRIPT_GC": "true"}
START_SECONDS = 90


@dataclass(frozen=True)
class AppServer:
    port: int
    process: psutil.Process

    def cpu_seconds(self) -> float:
        used = self.process.cpu_times()
        return used.user + used.system

    def memory_bytes(self) -> int:
        """What is its own, without pages it shares with others."""
        return int(self.process.memory_full_info().uss)


@contextmanager
def serving_app(kind: Kind, environment: Mapping[str, str]) -> Iterator[AppServer]:
    """Raises: NotStarted."""
    port = free_port()
    where = ["--server.address", "127.0.0.1", "--server.port", str(port), "--server.headless", "true"]
    more = COLLECT if kind == "as it comes" else {}
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", SCRIPTS[kind], *where],
        cwd=ROOT,
        env={**os.environ, **environment, **more, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _is_up(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise NotStarted(f"{SCRIPTS[kind]} did not start")
            time.sleep(0.2)
        yield AppServer(port, psutil.Process(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _is_up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
