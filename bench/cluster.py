"""A whole installation on this machine without containers: every store and node several times, behind the balancer.

Postgres with two streaming replicas behind PgBouncer, six Valkey nodes, an S3-speaking server, three applications, two
APIs, two workers, nginx with the configuration of `deploy/nginx`, and the providers' sandbox.
"""

import base64
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import boto3
import psycopg

from bench.island import NETWORK, FarReplica, Island
from runner.local_secrets import LocalSecrets
from runner.plan import streamlit, uvicorn
from runner.postgres import EmbeddedPostgres, namespace
from runner.processes import CannotStart, end, free_port, tail
from runner.replica import PRIMARY_SETTINGS
from runner.supervisor import AnswersHttp, Program, WritesFile
from runner.tools import bring
from runner.valkey_cluster import ValkeyCluster

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 180.0
SYNCHRONOUS = "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (replica_1, replica_2, former)'"
"""A commit is answered once one replica has it: whoever is promoted, the one that is furthest has every answer."""
ROLE_SETTINGS = ("statement_timeout = '15s'", "idle_in_transaction_session_timeout = '30s'", "timezone = 'UTC'")
"""A pooler in transaction mode passes no start options on, so they stand with the role."""


@dataclass
class Node:
    """One process of the product, started again when it dies unless it is held down."""

    program: Program
    process: "subprocess.Popen[bytes] | None" = None
    held: bool = False
    starts: int = 0

    def start(self) -> None:
        self.process = self.program.launch()
        self.starts += 1

    def kill(self, *, hold: bool = True) -> None:
        self.held = hold
        if self.process is not None:
            self.process.kill()
            end(self.process)

    def stop(self) -> None:
        self.held = True
        if self.process is not None:
            end(self.process, how=self.program.stop_signal, within=self.program.grace_seconds + 10)
        self.process = None


@dataclass
class Cluster:
    folder: Path
    island: Island | None = None
    former_code: Path | None = None
    """Where the release before lies, which applications, APIs and workers run until they are replaced."""
    env: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    replicas: list[FarReplica] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tools = bring(["nginx", "pgbouncer"])
        self.secrets = LocalSecrets.load(self.folder / "secrets.json", has_data=False)
        self.ports = {name: free_port() for name in ("balancer", "pgbouncer", "s3", "sandbox")}
        self.logs = self.folder / "logs"
        self.logs.mkdir()
        self.password = self.secrets["POSTGRES_PASSWORD"]
        self.primary = EmbeddedPostgres(self.folder / "primary", password=self.password, settings=self._settings())
        self._server_ports = {name: free_port() for name in ("replica_1", "replica_2", "former")}
        self._server_ports["primary"] = self.primary.port
        self.valkeys = ValkeyCluster(self.folder / "valkey")
        self.app = self.api = f"http://127.0.0.1:{self.ports['balancer']}"
        self.sandbox = f"http://127.0.0.1:{self.ports['sandbox']}"
        self.former: list[EmbeddedPostgres] = []
        self.data = self.folder

    # The stores.

    def start_stores(self) -> None:
        self.primary.start()
        self._admit_the_island()
        self.far = self.replica("replica_2", island=self.island)
        self.replicas += [self.replica("replica_1"), self.far]
        for replica in self.replicas:
            replica.start()
        with psycopg.connect(self.primary.url, autocommit=True) as admin:
            for setting in ROLE_SETTINGS:
                admin.execute(f"ALTER ROLE greenroom SET {setting}".encode())
            admin.execute(SYNCHRONOUS)
            admin.execute("SELECT pg_reload_conf()")
        self.valkeys.start()
        self._add("pgbouncer", self._pgbouncer())
        s3 = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.ports["s3"])]
        self._add("s3", self._program("s3", s3, AnswersHttp(self.ports["s3"], "/moto-api/")))
        self.wait("pgbouncer", "s3")
        boto3.client("s3", endpoint_url=self.s3, region_name="us-east-1", aws_access_key_id="local",
                     aws_secret_access_key="local").create_bucket(Bucket="greenroom")  # noqa: S106  # fmt: skip

    def replica(self, name: str, *, island: Island | None = None) -> FarReplica:
        """One that follows whichever of the present servers takes writes."""
        near = island.outside if island else "127.0.0.1"
        far = self.island.inside if self.island and not island else near
        places = {"primary": near, "replica_1": near, "replica_2": far, "former": near}
        made = FarReplica(
            self.folder / name,
            island=island,
            sources=[f"{host}:{self._server_ports[server]}" for server, host in places.items()],
            password=self.password,
            port=self._server_ports[name],
            known_as=name,
        )
        if island is None:
            made.settings = (*made.settings, *self._settings()[len(PRIMARY_SETTINGS) :])
        return made

    def _settings(self) -> tuple[str, ...]:
        """Servers next door listen to the island as well."""
        more = (f"listen_addresses=127.0.0.1,{self.island.outside}",) if self.island else ()
        return (*PRIMARY_SETTINGS, *more)

    def _admit_the_island(self) -> None:
        with (self.primary.data / "pg_hba.conf").open("a") as rules:
            for what in ("all", "replication"):
                rules.write(f"host {what} all {NETWORK} scram-sha-256\n")
        with psycopg.connect(self.primary.url, autocommit=True) as admin:
            admin.execute("SELECT pg_reload_conf()")

    @property
    def s3(self) -> str:
        return f"http://127.0.0.1:{self.ports['s3']}"

    def furthest(self) -> FarReplica:
        """The replica that has received most of the log: every answered commit is in it."""

        def received(replica: FarReplica) -> int:
            with psycopg.connect(replica.url) as connection:
                row = connection.execute("SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')").fetchone()
                return int(row[0]) if row else 0

        return max(self.replicas, key=received)

    def promote(self, chosen: FarReplica) -> None:
        """What docs/runbooks/PrimaryDown.md says: promote, wait for commits on the others, point the pooler there."""
        chosen.promote()
        self.former.append(self.primary)
        self.replicas.remove(chosen)
        self.primary = chosen
        with psycopg.connect(chosen.url, autocommit=True) as admin:
            admin.execute(SYNCHRONOUS)
            admin.execute("SELECT pg_reload_conf()")
        self._write_pgbouncer()
        pooler = self.nodes["pgbouncer"].process
        if pooler is not None:
            pooler.send_signal(signal.SIGHUP)

    def _pgbouncer(self) -> Program:
        self._write_pgbouncer()
        folder = self.folder / "pgbouncer"
        command = [*namespace(), self.tools["pgbouncer"], str(folder / "pgbouncer.ini")]
        return self._program("pgbouncer", command, _AnswersSql(self.pooled))

    @property
    def pooled(self) -> str:
        return f"postgresql://greenroom:{self.password}@127.0.0.1:{self.ports['pgbouncer']}/greenroom"

    def _write_pgbouncer(self) -> None:
        folder = self.folder / "pgbouncer"
        folder.mkdir(exist_ok=True)
        (folder / "users.txt").write_text(f'"greenroom" "{self.password}"\n')
        common = (ROOT / "deploy/pgbouncer/pgbouncer.ini").read_text()
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\ngreenroom = host={self.primary.host} port={self.primary.port} dbname=greenroom\n"
            + common[common.index("[pgbouncer]") : common.index("%include")]
            + f"listen_addr = 127.0.0.1\nlisten_port = {self.ports['pgbouncer']}\n"
            f"auth_file = {folder / 'users.txt'}\nunix_socket_dir =\n"
        )

    # The product.

    def start_product(self) -> None:
        self.env = self._environment()
        subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, check=True, capture_output=True,
                       env={**self.env, "DATABASE_URL": self.primary.url})  # fmt: skip
        self._add("sandbox", self._python("sandbox", uvicorn("sandbox.main:app", self.ports["sandbox"]),
                                          AnswersHttp(self.ports["sandbox"], "/_control/health")))  # fmt: skip
        for number in (1, 2):
            port = self.ports.setdefault(f"api-{number}", free_port())
            self._add(f"api-{number}", self._python(f"api-{number}", uvicorn("webhook_server.main:app", port),
                                                    AnswersHttp(port, "/health/ready")))  # fmt: skip
            ready = self.folder / f"worker-{number}.ready"
            self._add(f"worker-{number}", self._python(f"worker-{number}", ["worker.py"], WritesFile(ready),
                                                       GREENROOM_WORKER_READY_FILE=str(ready)))  # fmt: skip
        for number in (1, 2, 3):
            port = self.ports.setdefault(f"app-{number}", free_port())
            self._add(f"app-{number}", self._python(f"app-{number}", streamlit(port),
                                                    AnswersHttp(port, "/_stcore/health")))  # fmt: skip
        self.wait(*self.nodes)
        self._add("balancer", self._balancer())
        self.wait("balancer")

    def _environment(self) -> dict[str, str]:
        made = self.secrets.for_children(with_sandbox=True)
        hosts = ",".join(f"{server.host}:{server.port}" for server in (self.primary, *self.replicas))
        return {
            **os.environ,
            **made,
            "ENCRYPTION_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            "GREENROOM_ENV": "local",
            "GREENROOM_PROVIDERS": "sandbox",
            "GREENROOM_DATA_DIR": str(self.folder),
            "GREENROOM_RATE_SCALE": "1000",
            "GREENROOM_RECONCILE_SECONDS": "3",
            "GREENROOM_RECONCILE_AFTER_SECONDS": "6",
            "GREENROOM_APP_URL": self.app,
            "GREENROOM_API_URL": self.api,
            "GREENROOM_SANDBOX_PORT": str(self.ports["sandbox"]),
            "DATABASE_URL": self.pooled,
            "DATABASE_DIRECT_URL": f"postgresql://greenroom:{self.password}@{hosts}/greenroom?connect_timeout=3",
            "DATABASE_REPLICA_URLS": ",".join(replica.url for replica in self.replicas),
            "REDIS_URL": self.valkeys.url,
            "STORAGE_URL": "s3://greenroom/objects",
            "S3_ENDPOINT_URL": self.s3,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": "us-east-1",
            "MAIL_FOLDER": str(self.folder / "mails"),
            "SANDBOX_STATE_FILE": str(self.folder / "sandbox.sqlite"),
            "SANDBOX_RAZORPAY_WEBHOOK_URL": f"{self.api}/api/webhooks/razorpay",
            "PYTHONUNBUFFERED": "1",
        }

    def _balancer(self) -> Program:
        folder = self.folder / "nginx"
        shutil.copytree(ROOT / "deploy/nginx", folder)
        (folder / "run").mkdir()
        (folder / "listen.conf").write_text(f"listen 127.0.0.1:{self.ports['balancer']};\nserver_name _;\n")
        self.write_upstreams()
        rights = "user root; " if os.geteuid() == 0 else ""
        command = [self.tools["nginx"], "-p", f"{folder}/", "-c", "nginx.conf", "-g", f"{rights}daemon off;"]
        return self._program("balancer", command, AnswersHttp(self.ports["balancer"], "/health/live"))

    def write_upstreams(self, *, without: str = "") -> None:
        """Name the nodes the balancer sends people to; one that is left out keeps what it is at."""
        text = ""
        for group, how in (("app", "hash $sticky consistent;"), ("api", "")):
            servers = [
                f"server 127.0.0.1:{self.ports[name]} max_fails=1 fail_timeout=5s{' down' if name == without else ''};"
                for name in self.nodes
                if name.startswith(f"{group}-")
            ]
            text += f"upstream {group} {{ {how} {' '.join(servers)} }}\n"
        (self.folder / "nginx" / "upstreams.conf").write_text(text)

    def reload_balancer(self) -> None:
        process = self.nodes["balancer"].process
        if process is not None:
            process.send_signal(signal.SIGHUP)

    def roll(self, name: str) -> None:
        """Replace a running node with nobody noticing: take it out, let it finish, start it, wait, take it in."""
        self.write_upstreams(without=name)
        self.reload_balancer()
        self.tend(1.5)
        node = self.nodes[name]
        node.stop()
        node.program = replace(node.program, cwd=ROOT)
        node.held = False
        node.start()
        self.wait(name)
        self.write_upstreams()
        self.reload_balancer()
        self.tend(0.5)

    # All of it.

    def tend(self, seconds: float) -> None:
        """Let time pass, and start again what died by itself, as an init system does."""
        deadline = time.monotonic() + seconds
        while True:
            for node in self.nodes.values():
                if not node.held and node.process is not None and node.process.poll() is not None:
                    node.start()
            if time.monotonic() >= deadline:
                return
            time.sleep(0.1)

    def wait(self, *names: str) -> None:
        """Until these are ready. Raises: CannotStart."""
        deadline = time.monotonic() + READY_SECONDS
        for name in names:
            while not self.nodes[name].program.is_ready():
                if time.monotonic() > deadline:
                    raise CannotStart(f"{name} is not ready: {tail(self.nodes[name].program.log)}")
                self.tend(0.2)

    def until(self, holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise CannotStart(f"{what} did not come about in {seconds:.0f} s")
            self.tend(0.2)

    def stop(self) -> None:
        for node in reversed(list(self.nodes.values())):
            node.stop()
        self.valkeys.stop()
        for server in (*self.replicas, self.primary, *self.former):
            server.stop()

    def _add(self, name: str, program: Program) -> None:
        self.nodes[name] = Node(program)
        self.nodes[name].start()

    def _python(self, name: str, command: list[str], probe: AnswersHttp | WritesFile, **more: str) -> Program:
        return self._program(name, [sys.executable, *command], probe, **more)

    def _program(
        self, name: str, command: list[str], probe: "AnswersHttp | WritesFile | _AnswersSql", **more: str
    ) -> Program:
        env = {**(self.env or os.environ), **more}
        released = self.former_code if name.startswith(("app-", "api-", "worker-")) else None
        return Program(name, command, env, released or ROOT, self.logs / f"{name}.log", probe, 6.0)


@dataclass(frozen=True)
class _AnswersSql:
    url: str

    def reset(self) -> None:
        return

    def passes(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=2) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.Error:
            return False


@contextmanager
def cluster(folder: Path, former_code: Path | None = None) -> Iterator[Cluster]:
    """Everything, ready; and everything stopped after the block, however it ends."""
    island = Island.raise_()
    made = Cluster(folder, island, former_code)
    try:
        made.start_stores()
        made.start_product()
        yield made
    finally:
        made.stop()
        if island:
            island.sink()
