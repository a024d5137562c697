"""The product as its clients meet it: real processes on free ports, spoken to over HTTP alone."""

import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from runner.processes import free_port
from tests.api.house import House, Person

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90
DEMO_PASSWORD = "Demo-3-plum-kettle"  # noqa: S105  of a house that is thrown away


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """API, worker and sandbox over stores of their own; the screens have tests of theirs."""
    data = tmp_path_factory.mktemp("house")
    ports = {name: free_port() for name in ("GREENROOM_APP_PORT", "GREENROOM_API_PORT", "GREENROOM_SANDBOX_PORT")}
    made = {name: secrets.token_hex(16) for name in ("VAPI_WEBHOOK_SECRET", "RAZORPAY_WEBHOOK_SECRET", "JWT_SECRET")}
    env = {
        **os.environ,
        **{name: str(port) for name, port in ports.items()},
        **made,
        "GREENROOM_DATA_DIR": str(data),
        "GREENROOM_RATE_SCALE": "1000",
        "GREENROOM_DEMO_PASSWORD": DEMO_PASSWORD,
        "GREENROOM_RECONCILE_SECONDS": "1",
        "GREENROOM_RECONCILE_AFTER_SECONDS": "2",
    }
    command = [sys.executable, "-m", "runner", "--without", "app"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: list[str] = []
    ready = threading.Event()

    def follow() -> None:
        for line in process.stdout or ():
            lines.append(line)
            if "Greenroom is ready" in line:
                ready.set()
        ready.set()

    threading.Thread(target=follow, daemon=True).start()
    ready.wait(READY_SECONDS)
    try:
        assert any("Greenroom is ready" in line for line in lines), "".join(lines[-20:])
        addresses = [f"http://127.0.0.1:{ports[name]}" for name in ("GREENROOM_API_PORT", "GREENROOM_SANDBOX_PORT")]
        api, sandbox = (httpx.Client(base_url=address, timeout=30) for address in addresses)
        with api, sandbox:
            yield House(api, sandbox, made["VAPI_WEBHOOK_SECRET"], made["RAZORPAY_WEBHOOK_SECRET"], data)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        if process.stdout:
            process.stdout.close()


@pytest.fixture(autouse=True)
def no_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "house" in request.fixturenames:
        request.getfixturevalue("house").sandbox.delete("/_control/faults")


@pytest.fixture
def person(house: House) -> Callable[[], Person]:
    return lambda: Person.register(house, f"p{secrets.token_hex(5)}")


@pytest.fixture
def asha(person: Callable[[], Person]) -> Person:
    return person()


@pytest.fixture
def meera(person: Callable[[], Person]) -> Person:
    """Somebody who must see nothing of Asha's."""
    return person()
