"""Reads on real replicas: late ones are left out, dead ones cost nobody an error, a writer sees what was written."""

import base64
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text

from bench.stores import stores
from core.accounts.types import Actor, Role
from core.acting import acting
from core.analytics.service import statistics
from core.cache import Cache
from core.clock import utc_now
from core.crypto import Keyring
from core.db import Transactions, Uow, connect
from core.interviews.service import history
from core.interviews.types import SessionStatus
from core.replicas import Replicas
from core.settings import with_driver
from runner.postgres import EmbeddedPostgres
from runner.replica import PRIMARY_SETTINGS, StreamingReplica
from runner.valkey import EmbeddedValkey
from tests.integration.test_promise import interview_without_report
from tests.integration.world import World
from tests.waiting import until

ASHA = Actor(user_id="usr_asha", username="asha", name="Asha", role=Role.CANDIDATE, session_id="ses_1")
RAVI = Actor(user_id="usr_ravi", username="ravi", name="Ravi", role=Role.COACH, session_id="ses_2")


@dataclass
class Servers:
    primary: EmbeddedPostgres
    replicas: list[StreamingReplica]
    valkey: EmbeddedValkey
    engines: list[Engine]
    nodes: list[Replicas]

    def node(self, ring: Keyring, *, max_lag: float = 5.0) -> tuple[Transactions, Replicas]:
        """What one process of the product has."""
        primary, *replicas = [connect(with_driver(url), pool_size=2) for url in self.urls]
        watcher = connect(with_driver(self.primary.url), pool_size=1)
        self.engines += [primary, *replicas, watcher]
        cache = Cache(self.valkey.url, ring)
        readers = Replicas(primary, replicas, cache, watcher=watcher, max_lag_seconds=max_lag)
        self.nodes.append(readers)
        return Transactions(primary, utc_now, readers), readers

    @property
    def urls(self) -> list[str]:
        return [self.primary.url, *(replica.url for replica in self.replicas)]

    def hold_back(self, paused: bool) -> None:
        for replica in self.replicas:
            with psycopg.connect(replica.url, autocommit=True) as connection:
                connection.execute(f"SELECT pg_wal_replay_{'pause' if paused else 'resume'}()")


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    engines: list[Engine] = []
    nodes: list[Replicas] = []
    with (
        EmbeddedPostgres(tmp_path / "primary", settings=PRIMARY_SETTINGS) as primary,
        EmbeddedValkey(tmp_path / "valkey") as valkey,
    ):
        with psycopg.connect(primary.url) as connection:
            connection.execute("CREATE TABLE kept (word text)")
        sources, password = [primary.port], primary.password
        with (
            StreamingReplica(tmp_path / "one", sources=sources, password=password) as one,
            StreamingReplica(tmp_path / "two", sources=sources, password=password) as two,
        ):
            yield Servers(primary, [one, two], valkey, engines, nodes)
            for replicas in nodes:
                replicas.close()
            for engine in engines:
                engine.dispose()


@pytest.fixture
def ring() -> Keyring:
    return Keyring.parse(f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}")


def words(uow: Uow, _actor: Actor) -> list[str]:
    return list(uow.session.scalars(text("SELECT word FROM kept ORDER BY word")))


def where(uow: Uow, _actor: Actor) -> int:
    port: int = uow.session.execute(text("SELECT inet_server_port()")).scalar_one()
    return port


def write(uow: Transactions, actor: Actor, word: str) -> None:
    with acting(actor.user_id), uow() as open_uow:
        open_uow.session.execute(text("INSERT INTO kept VALUES (:word)"), {"word": word})


def test_a_writer_reads_the_primary_on_every_node_until_the_replicas_hold_the_write(servers: Servers, ring: Keyring):
    (here, _), (there, there_replicas) = servers.node(ring), servers.node(ring)
    ports = {replica.port for replica in servers.replicas}
    assert there.look(where, ASHA) in ports

    servers.hold_back(True)
    write(here, ASHA, "mine")
    assert [node.look(words, ASHA) for node in (here, there)] == [["mine"], ["mine"]]
    assert [node.look(where, ASHA) for node in (here, there)] == [servers.primary.port] * 2
    assert there.look(where, RAVI) in ports
    assert there.look(words, RAVI) == []

    servers.hold_back(False)
    until(lambda: there.look(where, ASHA) in ports)
    assert there.look(words, ASHA) == ["mine"]
    there_replicas.look()
    assert there.look(words, RAVI) == ["mine"]


def test_a_replica_that_lags_too_far_is_left_out_and_taken_back(servers: Servers, ring: Keyring):
    node, replicas = servers.node(ring, max_lag=0.4)
    replicas.look()
    servers.hold_back(True)
    write(node, ASHA, "late")
    until(lambda: node.look(where, RAVI) == servers.primary.port)
    servers.hold_back(False)
    until(lambda: node.look(where, RAVI) != servers.primary.port)


def test_dead_replicas_cost_nobody_an_error(servers: Servers, ring: Keyring):
    node, _ = servers.node(ring)
    assert node.look(where, RAVI) != servers.primary.port
    servers.replicas[0].stop()
    assert {node.look(where, RAVI) for _ in range(12)} <= {servers.primary.port, servers.replicas[1].port}
    servers.replicas[1].stop()
    assert {node.look(where, RAVI) for _ in range(12)} == {servers.primary.port}
    servers.replicas[0].start()
    until(lambda: node.look(where, RAVI) == servers.replicas[0].port)


def test_without_redis_everybody_reads_the_primary(servers: Servers, ring: Keyring):
    node, _ = servers.node(ring)
    assert node.look(where, RAVI) != servers.primary.port
    servers.valkey.stop()
    assert node.look(where, RAVI) == servers.primary.port


def test_what_a_job_has_written_for_somebody_is_there_when_they_look(tmp_path: Path):
    """The report of an interview is written by a worker; its owner sees it counted at once, others a little later."""
    with stores(GREENROOM_RATE_SCALE="1000") as real:
        place = urlsplit(real.postgres_url)
        with StreamingReplica(tmp_path / "one", sources=[place.port or 0], password=place.password or "") as replica:
            given = {"database_replica_urls": SecretStr(replica.url), "database_replica_lag_seconds": 60.0}
            world = World(real.settings.model_copy(update=given))
            session_id = interview_without_report(world)
            look = world.app.uow.look
            until(lambda: [one.session_id for one in look(history, world.asha, limit=5).items] == [session_id])
            with psycopg.connect(replica.url, autocommit=True) as connection:
                connection.execute("SELECT pg_wal_replay_pause()")
            world.run_jobs()

            assert look(where, RAVI) == replica.port
            assert look(where, world.asha) == place.port
            assert look(statistics, world.asha).total_interviews == 1
            assert [item.status for item in look(history, world.asha, limit=5).items] == [SessionStatus.COMPLETED]
            with psycopg.connect(replica.url, autocommit=True) as connection:
                connection.execute("SELECT pg_wal_replay_resume()")
            world.app.uow.close()
            world.close()


def test_a_promoted_replica_takes_the_writes_without_a_new_address(servers: Servers, ring: Keyring):
    """The address names both hosts; whichever takes writes is found, and its sister is no longer read from."""
    one, two = servers.replicas
    hosts = f"127.0.0.1:{servers.primary.port},127.0.0.1:{one.port}"
    url = f"postgresql://greenroom:{servers.primary.password}@{hosts}/greenroom"
    primary, replica = connect(with_driver(url), pool_size=2), connect(with_driver(one.url), pool_size=2)
    servers.engines += [primary, replica]
    cache = Cache(servers.valkey.url, ring)
    readers = Replicas(primary, [replica], cache, watcher=primary, max_lag_seconds=5)
    servers.nodes.append(readers)
    node = Transactions(primary, utc_now, readers)
    write(node, ASHA, "before")
    until(lambda: node.look(where, ASHA) == one.port)

    servers.primary.stop()
    one.promote()
    write(node, ASHA, "after")

    assert sorted(node.look(words, ASHA)) == ["after", "before"]
    with node() as uow:
        assert where(uow, ASHA) == one.port
    assert two.is_ready()
