from collections.abc import Iterator

import pytest

from tests.sandbox.support import Receiver, Running, settings_for


@pytest.fixture(scope="session")
def _receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(scope="session")
def _running(_receiver: Receiver) -> Iterator[Running]:
    made = Running(settings_for(_receiver))
    yield made
    made.stop()


@pytest.fixture
def sandbox(_running: Running) -> Running:
    """Forgets what the test before has left."""
    assert _running.control("reset").status_code == 200
    return _running


@pytest.fixture
def receiver(_receiver: Receiver, sandbox: Running) -> Receiver:
    """Empty: the sandbox has been reset and sends nothing of before any more."""
    _receiver.clear()
    return _receiver
