"""A replica in a network of its own, which can be cut off from everybody and joined again.

By Linux network namespaces; where this machine does not allow them, the server is stopped and woken instead, which its
peers see in the same way: it answers nobody, and nobody is told.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psutil

from runner.replica import StreamingReplica

NETWORK = "10.213.0.0/16"


class Island:
    """Two ends of a cable: ours, and one in a namespace in which a single server runs."""

    def __init__(self) -> None:
        number = os.getpid() % 16_000
        self._name, self._ours, self._theirs = f"greenroom-{number}", f"gr{number}a", f"gr{number}b"
        first = 4 * number
        self.outside, self.inside = (f"10.213.{(first + at) // 256}.{(first + at) % 256}" for at in (1, 2))
        self.prefix = ("ip", "netns", "exec", self._name)

    @classmethod
    def raise_(cls) -> "Island | None":
        """None where this machine does not allow it."""
        if os.geteuid() != 0 or shutil.which("ip") is None:
            return None
        made = cls()
        laid = all(
            _ip(*command.split())
            for command in (
                f"netns add {made._name}",
                f"link add {made._ours} type veth peer name {made._theirs} netns {made._name}",
                f"address add {made.outside}/30 dev {made._ours}",
                f"link set {made._ours} up",
                f"-n {made._name} address add {made.inside}/30 dev {made._theirs}",
                f"-n {made._name} link set {made._theirs} up",
                f"-n {made._name} link set lo up",
            )
        )
        if not laid:
            made.sink()
            return None
        return made

    def cut(self) -> None:
        """Pull the cable at their end: packets are lost, connections stay open and silent."""
        _ip("-n", self._name, "link", "set", self._theirs, "down")

    def join(self) -> None:
        _ip("-n", self._name, "link", "set", self._theirs, "up")

    def sink(self) -> None:
        _ip("netns", "del", self._name)


def _ip(*arguments: str) -> bool:
    return subprocess.run(["ip", *arguments], capture_output=True, check=False).returncode == 0


class FarReplica(StreamingReplica):
    """A replica on an island, or next door where there can be none."""

    def __init__(
        self,
        folder: Path,
        *,
        island: Island | None,
        sources: Sequence[int | str],
        password: str,
        port: int,
        known_as: str,
    ) -> None:
        super().__init__(
            folder,
            sources=sources,
            password=password,
            port=port,
            known_as=known_as,
            host=island.inside if island else "127.0.0.1",
        )
        self.island = island

    def cut_off(self) -> None:
        if self.island:
            self.island.cut()
        else:
            self._signal(signal.SIGSTOP)

    def let_back(self) -> None:
        if self.island:
            self.island.join()
        else:
            self._signal(signal.SIGCONT)

    def _signal(self, what: signal.Signals) -> None:
        """The server and its children: one that is stopped alone leaves its connections answering."""
        if self.process is not None:
            server = psutil.Process(self.process.pid)
            for process in (*server.children(recursive=True), server):
                os.kill(process.pid, what)

    def _choose_owner(self) -> None:
        super()._choose_owner()
        if self.island:
            self._prefix = (*self.island.prefix, *self._prefix)
