"""A cluster of six Valkey servers on this machine: three that share the keys, each with a replica to take its place."""

import contextlib
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import redis

from runner.processes import CannotStart, free_port
from runner.valkey import START_SECONDS, EmbeddedValkey

SLOTS = 16384
MASTERS = 3
SETTINGS = (
    "cluster-enabled yes",
    "cluster-node-timeout 2000",
    # The default waits five seconds before the first copy; a master killed meanwhile would have no successor.
    "repl-diskless-sync-delay 0",
    "cluster-announce-ip 127.0.0.1",
)


class ValkeyCluster:
    def __init__(self, folder: Path, *, password: str | None = None) -> None:
        self.password = password or secrets.token_urlsafe(24)
        self.nodes: list[EmbeddedValkey] = []
        self.buses: list[int] = []
        for number in range(2 * MASTERS):
            bus = free_port()
            more = (*SETTINGS, f"cluster-port {bus}", f"masterauth {self.password}")
            self.nodes.append(EmbeddedValkey(folder / str(number), password=self.password, settings=more))
            self.buses.append(bus)

    @property
    def url(self) -> str:
        places = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"redis+cluster://:{self.password}@{places}"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start all six and join them. Raises: CannotStart."""
        for node in self.nodes:
            node.start()
        names = [str(self.ask(node, "CLUSTER", "MYID")) for node in self.nodes]
        for at, node in enumerate(self.nodes):
            self.ask(node, "CLUSTER", "SET-CONFIG-EPOCH", at + 1)
        for at, node in enumerate(self.nodes[:MASTERS]):
            first, last = SLOTS * at // MASTERS, SLOTS * (at + 1) // MASTERS - 1
            self.ask(node, "CLUSTER", "ADDSLOTSRANGE", first, last)
        for node, bus in zip(self.nodes[1:], self.buses[1:], strict=True):
            self.ask(self.nodes[0], "CLUSTER", "MEET", "127.0.0.1", node.port, bus)
        _until(lambda: all(self._knows_all(node) for node in self.nodes), "know each other")
        for at, node in enumerate(self.nodes[MASTERS:]):
            self.ask(node, "CLUSTER", "REPLICATE", names[at])
        _until(self._is_whole, "be whole")

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()

    def ask(self, node: EmbeddedValkey, *command: Any) -> Any:
        with redis.Redis(port=node.port, password=self.password, socket_timeout=2, decode_responses=True) as client:
            run: Any = client.execute_command
            return run(*command)

    def masters(self) -> list[EmbeddedValkey]:
        """The nodes that take writes now, as they themselves say."""
        found = []
        for node in self.nodes:
            with contextlib.suppress(redis.RedisError):
                if self.ask(node, "ROLE")[0] == "master":
                    found.append(node)
        return found

    def _knows_all(self, node: EmbeddedValkey) -> bool:
        return f"cluster_known_nodes:{len(self.nodes)}" in self.ask(node, "CLUSTER", "INFO")

    def _is_whole(self) -> bool:
        well = all("cluster_state:ok" in self.ask(node, "CLUSTER", "INFO") for node in self.nodes)
        return well and all(self.ask(node, "ROLE")[3] == "connected" for node in self.nodes[MASTERS:])


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(redis.RedisError, IndexError):
            if holds():
                return
        time.sleep(0.05)
    raise CannotStart(f"The nodes of the cluster do not come to {what}.")
