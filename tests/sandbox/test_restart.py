"""What outlives a restart, and what never stands in plain on disk."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet, InvalidToken

from sandbox.settings import SandboxSettings
from sandbox.state import Table, Vault
from sandbox.vapi.call import Row
from sandbox.world import World
from tests.sandbox.support import (
    KEY_ID,
    KEY_SECRET,
    PRIVATE,
    PUBLIC,
    RAZORPAY_SECRET,
    VAPI_SECRET,
    Receiver,
    Running,
    assistant,
    free_port,
    settings_for,
)
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
SPOKEN = "My grandmother taught me to keep the ledger in violet ink"


@pytest.fixture
def inbox() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def settings(inbox: Receiver, tmp_path: Path) -> SandboxSettings:
    more = {
        "sandbox_state_file": tmp_path / "state" / "sandbox.sqlite",
        "sandbox_state_key": Fernet.generate_key().decode(),
    }
    return settings_for(inbox, **more)


@contextmanager
def running(settings: SandboxSettings) -> Iterator[Running]:
    made = Running(settings)
    try:
        yield made
    finally:
        made.stop()


def test_orders_payments_refunds_and_calls_are_still_there(settings: SandboxSettings, inbox: Receiver) -> None:
    with running(settings) as before:
        order_id = before.order(notes={"a": "b"})["id"]
        paid = before.pay(order_id)
        refund = before.razorpay("POST", f"payments/{paid['razorpay_payment_id']}/refund", json={"amount": 100}).json()
        call_id = before.create(assistant(inbox))["id"]
        before.run(call_id, answers=[SPOKEN])
        inbox.wait("end-of-call-report")
        seen = before.call(call_id).json()
    with running(settings) as after:
        assert after.razorpay("GET", f"orders/{order_id}").json()["status"] == "paid"
        payment = after.razorpay("GET", f"payments/{paid['razorpay_payment_id']}").json()
        assert payment["amount_refunded"] == 100
        assert after.razorpay("GET", f"refunds/{refund['id']}").json() == refund
        again = after.call(call_id).json()
        assert again["artifact"]["messages"] == seen["artifact"]["messages"]


def test_nothing_that_was_said_stands_in_plain_on_disk(settings: SandboxSettings, inbox: Receiver) -> None:
    with running(settings) as sandbox:
        call_id = sandbox.create(assistant(inbox))["id"]
        inbox.statuses = [503] * 9
        sandbox.run(call_id, answers=[SPOKEN])
        inbox.wait("end-of-call-report")
        folder = settings.sandbox_state_file.parent if settings.sandbox_state_file else Path()
        while_running = b"".join(path.read_bytes() for path in folder.iterdir())
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    assert call_id.encode() in kept
    for content in (while_running, kept):
        assert b"grandmother" not in content
        assert b"friendly interviewer" not in content


def test_what_was_not_delivered_is_delivered_after_the_restart(settings: SandboxSettings, inbox: Receiver) -> None:
    inbox.statuses = [503] * 100
    with running(settings) as before:
        before.pay(before.order()["id"])
        until(lambda: len(inbox.hooks) >= 3)
    ids = {hook.headers["x-razorpay-event-id"] for hook in inbox.hooks}
    inbox.clear()
    with running(settings):
        inbox.wait("order.paid")
        until(lambda: {hook.headers["x-razorpay-event-id"] for hook in inbox.hooks} == ids)
        assert all(hook.is_signed() for hook in inbox.hooks)


def test_a_played_call_that_was_cut_off_is_played_to_its_end(settings: SandboxSettings, inbox: Receiver) -> None:
    with running(settings) as before:
        call_id = before.create(assistant(inbox))["id"]
        before.run(call_id, answers=[SPOKEN], realtime=True)
        inbox.wait("status-update:in-progress")
        # As if the process had been killed in the middle: nothing of the run but its wish is kept.
        call = before.app.state.world.calls.table.find(call_id)
        call.run.realtime = False
        before.app.state.world.calls.table.put(call_id, call)
    with running(settings) as after:
        report = inbox.wait("end-of-call-report").json["message"]
        assert SPOKEN in [row["message"] for row in report["artifact"]["messages"] if row["role"] == "user"]
        assert after.call(call_id).json()["status"] == "ended"


def test_a_generated_questions_key_points_are_remembered(settings: SandboxSettings) -> None:
    question = {"text": "What is a lock?", "key_points": [{"text": "it excludes others", "accept_also": []}]}
    first = World.open(settings)
    first.rubrics.remember(question, "technical")
    first.vault.close()
    second = World.open(settings)
    found = second.rubrics.find("what is a lock")
    second.vault.close()
    assert found is not None
    assert found.key_points == ["it excludes others"]


def test_another_key_does_not_open_the_state(settings: SandboxSettings) -> None:
    path = settings.sandbox_state_file
    vault = Vault(path, Fernet.generate_key().decode())
    Table(vault, "row", Row).put("r1", Row(role="bot", text="Hello", start=0, seconds=1))
    vault.close()
    other = Vault(path, Fernet.generate_key().decode())
    with pytest.raises(InvalidToken):
        Table(other, "row", Row)
    other.close()


@pytest.mark.parametrize("more", [{}, {"sandbox_state_file": "state.sqlite"}], ids=["neither", "no key"])
def test_without_file_and_key_all_stays_in_memory(
    inbox: Receiver, tmp_path: Path, more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with running(settings_for(inbox, **more)) as sandbox:
        sandbox.order()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_lets_held_answers_go(stop: signal.Signals, inbox: Receiver) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "VAPI_PUBLIC_KEY": PUBLIC,
        "VAPI_PRIVATE_KEY": PRIVATE,
        "VAPI_WEBHOOK_SECRET": VAPI_SECRET,
        "RAZORPAY_KEY_ID": KEY_ID,
        "RAZORPAY_KEY_SECRET": KEY_SECRET,
        "RAZORPAY_WEBHOOK_SECRET": RAZORPAY_SECRET,
    }
    command = [sys.executable, "-m", "uvicorn", "sandbox.main:app", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    url = f"http://127.0.0.1:{port}"

    try:
        until(lambda: httpx.get(f"{url}/_control/health").is_success, despite=httpx.HTTPError)
        httpx.post(f"{url}/_control/faults", json={"provider": "razorpay", "fault": "timeout"})
        held = threading.Thread(
            target=lambda: httpx.get(f"{url}/razorpay/v1/orders", auth=(KEY_ID, KEY_SECRET), timeout=60)
        )
        held.start()
        time.sleep(0.5)
        process.send_signal(stop)
        held.join(10)
        assert not held.is_alive()
        process.wait(10)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
