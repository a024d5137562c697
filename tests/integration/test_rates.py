"""Rates over a real server, a real cluster, and none at all."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection

from core import ratelimit
from core.errors import TooManyRequests
from core.ratelimit import LIMITS, RateLimits
from runner.processes import free_port
from runner.valkey import EmbeddedValkey, binary
from tests.waiting import until


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cluster of one node that holds every slot."""
    port, bus = free_port(), free_port()
    command = [str(binary()), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    command += ["--cluster-enabled", "yes", "--cluster-port", str(bus), "--cluster-announce-ip", "127.0.0.1"]
    with subprocess.Popen(command, cwd=tmp_path_factory.mktemp("cluster"), stdout=subprocess.DEVNULL) as process:
        try:
            with closing(Redis(port=port)) as node:
                ask: Any = node.execute_command
                until(node.ping, despite=NoConnection)
                ask("CLUSTER ADDSLOTSRANGE", 0, 16383)
                until(lambda: ask("CLUSTER INFO")["cluster_state"] == "ok", despite=NoConnection)
            yield f"redis+cluster://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with EmbeddedValkey(tmp_path_factory.mktemp("valkey")) as valkey:
        yield valkey.url


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def spend(rates: RateLimits, action: str, who: str) -> int:
    """How many are let through before one is refused."""
    for count in range(5000):
        try:
            rates.hit(action, who)
        except TooManyRequests:
            return count
    raise AssertionError("nothing was refused")


@pytest.mark.parametrize("kind", ["single", "cluster"])
@pytest.mark.parametrize("action", ["setup", "api"])
def test_two_processes_share_one_count(request: pytest.FixtureRequest, kind: str, action: str) -> None:
    url = request.getfixturevalue(kind)
    limit = int(LIMITS[action].split("/")[0])
    one, other = RateLimits(url), RateLimits(url)
    assert one.hit(action, "asha").remaining == limit - 1
    assert spend(other, action, "asha") == limit - 1
    with pytest.raises(TooManyRequests) as refused:
        one.hit(action, "asha")
    assert (refused.value.limit, 1 <= refused.value.retry_after_seconds <= 3600) == (limit, True)
    assert one.hit(action, "meera").limit == limit


def test_without_redis_the_count_is_local_and_quick() -> None:
    rates = RateLimits(f"redis://127.0.0.1:{closed_port()}")
    started = time.monotonic()
    assert spend(rates, "setup", "asha") == 20
    assert time.monotonic() - started < 1


def test_without_a_cluster_the_count_is_local_and_quick() -> None:
    rates = RateLimits(f"redis+cluster://127.0.0.1:{closed_port()}")
    started = time.monotonic()
    assert spend(rates, "setup", "asha") == 20
    assert time.monotonic() - started < 1


def test_a_server_that_hangs_costs_one_short_wait() -> None:
    """It takes the connection and says nothing."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        rates = RateLimits(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        started = time.monotonic()
        assert spend(rates, "setup", "asha") == 20
        assert time.monotonic() - started < 1.5


def test_a_server_that_dies_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimit, "REST_SECONDS", 0.1)
    port, password = free_port(), "no-secret-of-anybodys"
    with EmbeddedValkey(tmp_path / "one", port=port, password=password) as valkey:
        rates = RateLimits(valkey.url)
        rates.hit("setup", "asha")
        with closing(Redis.from_url(valkey.url)) as client:
            assert client.dbsize() == 1
    assert rates.hit("setup", "asha").remaining == 19
    with EmbeddedValkey(tmp_path / "two", port=port, password=password) as valkey:
        time.sleep(0.2)
        rates.hit("setup", "asha")
        with closing(Redis.from_url(valkey.url)) as client:
            assert client.dbsize() == 1


def test_what_was_looked_at_can_be_told() -> None:
    rates = RateLimits(f"redis://127.0.0.1:{closed_port()}")
    with ratelimit.observed() as seen:
        rates.hit("setup", "asha")
        rates.check("api", "asha")
    rates.hit("setup", "asha")
    assert [(s.limit, s.remaining, s.window_seconds) for s in seen] == [(20, 19, 3600), (300, 300, 60)]


def test_a_moment_is_counted_here_and_told_in_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ratelimit, "AT_HAND_SECONDS", 3600.0)
    with EmbeddedValkey(tmp_path / "valkey") as valkey:
        rates, other = RateLimits(valkey.url), RateLimits(valkey.url)
        assert rates.hit_at_hand("webhooks", "asha") is None
        first = rates.hit("webhooks", "asha").remaining
        at_hand = [rates.hit_at_hand("webhooks", "asha") for _ in range(50)]
        assert [state.remaining for state in at_hand if state] == [first - n for n in range(1, 51)]
        assert rates.hit_at_hand("webhooks", "meera") is None
        assert other.check("webhooks", "asha").remaining == first
        assert rates.hit("webhooks", "asha").remaining == first - 51
        assert other.check("webhooks", "asha").remaining == first - 51


def test_near_the_limit_every_call_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ratelimit, "AT_HAND_SECONDS", 3600.0)
    with EmbeddedValkey(tmp_path / "valkey") as valkey:
        rates = RateLimits(valkey.url)
        assert until_refused(rates) == 1200


def test_who_was_refused_is_refused_at_hand_for_a_moment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ratelimit, "AT_HAND_SECONDS", 3600.0)
    with EmbeddedValkey(tmp_path / "valkey") as valkey:
        rates = RateLimits(valkey.url)
        assert until_refused(rates) == 1200
        with ratelimit.observed() as seen, pytest.raises(TooManyRequests) as refused:
            rates.hit_at_hand("address", "asha")
        assert 1 <= refused.value.retry_after_seconds <= 60
        assert [(state.limit, state.remaining) for state in seen] == [(1200, 0)]
        assert rates.hit_at_hand("address", "meera") is None

        monkeypatch.setattr(ratelimit, "AT_HAND_SECONDS", 0.0)
        with pytest.raises(TooManyRequests):
            rates.hit("address", "asha")
        assert rates.hit_at_hand("address", "asha") is None


def until_refused(rates: RateLimits) -> int:
    for passed in range(5_000):
        try:
            if rates.hit_at_hand("address", "asha") is None:
                rates.hit("address", "asha")
        except TooManyRequests:
            return passed
    raise AssertionError("nobody was refused")
