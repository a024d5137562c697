"""The cache and the rates on each kind of Redis there is: a cluster whose master dies, and sentinels."""

import base64
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

import pytest
from redis import Redis
from redis.exceptions import RedisError

from core.cache import REST_SECONDS, Cache
from core.crypto import Keyring
from core.errors import TooManyRequests
from core.ratelimit import LIMITS, RateLimits
from runner.processes import free_port
from runner.valkey import EmbeddedValkey, binary
from runner.valkey_cluster import ValkeyCluster
from tests.waiting import until

PATIENCE_SECONDS = 40


@pytest.fixture
def ring() -> Keyring:
    return Keyring.parse(f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyCluster]:
    with ValkeyCluster(tmp_path_factory.mktemp("six")) as running:
        yield running


@pytest.fixture(scope="module")
def sentinel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("sentinel")
    port = free_port()
    with EmbeddedValkey(folder / "master", password="of-both") as master:
        config = folder / "sentinel.conf"
        config.write_text(
            f"port {port}\nbind 127.0.0.1\nrequirepass of-both\ndir {folder}\n"
            f"sentinel monitor greenroom 127.0.0.1 {master.port} 1\nsentinel auth-pass greenroom of-both\n"
        )
        command = [str(binary()), str(config), "--sentinel"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                with Redis(port=port, password="of-both", socket_timeout=1) as client:
                    until(client.ping, despite=RedisError)
                yield f"redis+sentinel://:of-both@127.0.0.1:{port}/greenroom"
            finally:
                process.terminate()


def spend(rates: RateLimits, who: str) -> int:
    """How many times somebody may sign in before it is refused."""
    allowed = 0
    with suppress(TooManyRequests):
        while True:
            rates.hit("login", who)
            allowed += 1
    return allowed


def test_sentinels_lead_to_the_server(sentinel: str, ring: Keyring):
    here, there = Cache(sentinel, ring), Cache(sentinel, ring)
    assert here.get_or_create("answer", lambda: 42, ttl_seconds=60) == 42
    assert there.get("answer") == 42
    assert spend(RateLimits(sentinel), "asha") == int(LIMITS["login"].split("/")[0])
    assert spend(RateLimits(sentinel), "asha") == 0


def test_every_node_of_a_cluster_is_shared(cluster: ValkeyCluster, ring: Keyring):
    here, there = Cache(cluster.url, ring), Cache(cluster.url, ring)
    for number in range(30):
        assert here.get_or_create(f"key-{number}", partial(int, number), ttl_seconds=60) == number
    assert [there.get(f"key-{number}") for number in range(30)] == list(range(30))
    here.count("turns", "one", keep_seconds=60)
    assert there.counts("turns") == {"one": 1}
    assert spend(RateLimits(cluster.url), "asha") == int(LIMITS["login"].split("/")[0])
    assert spend(RateLimits(cluster.url), "asha") == 0


def test_a_master_that_dies_costs_a_pause_and_its_replica_takes_over(cluster: ValkeyCluster, ring: Keyring):
    cache = Cache(cluster.url, ring)
    for number in range(30):
        cache.set(f"kept-{number}", number, ttl_seconds=300)
    victim = cluster.masters()[0]
    if victim.process is not None:
        victim.process.kill()
    started = time.monotonic()
    seen = [cache.get_or_create(f"kept-{number}", partial(int, number), ttl_seconds=300) for number in range(30)]
    assert seen == list(range(30))
    assert time.monotonic() - started < PATIENCE_SECONDS
    until(lambda: len(cluster.masters()) == 3 and victim not in cluster.masters())
    time.sleep(REST_SECONDS)
    until(lambda: [cache.get(f"kept-{number}") for number in range(30)] == list(range(30)))
