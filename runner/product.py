"""The whole product on one machine, from an empty folder to the line that says it is ready, and down again."""

import os
import signal
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from runner.configuration import Configuration
from runner.console import say
from runner.data_folder import AlreadyRunning, DataFolder
from runner.local_secrets import LocalSecrets
from runner.plan import DEMO_ACCOUNTS, GREENROOM, Plan
from runner.postgres import EmbeddedPostgres
from runner.processes import CannotStart
from runner.supervisor import Service, StopRequested, Supervisor
from runner.valkey import EmbeddedValkey

PRIVATE = 0o077
"""What we and our children write is for nobody else to read."""


@dataclass(frozen=True)
class Stores:
    """The embedded servers, as far as the environment names none of its own, and the environment that leads to them."""

    embedded: Mapping[str, EmbeddedPostgres | EmbeddedValkey]
    env: Mapping[str, str]

    @property
    def ports(self) -> dict[str, int]:
        return {name: server.port for name, server in self.embedded.items()}


def stores(configuration: Configuration, folder: DataFolder, *, ports: Mapping[str, int] | None = None) -> Stores:
    """Decide on stores and secrets. `ports` are those of servers that run already; new ones get free ports.

    Raises: CannotStart outside `local`, where nothing is made up and both addresses must be given.
    """
    ports = ports or {}
    database, redis = configuration.given.get("DATABASE_URL"), configuration.given.get("REDIS_URL")
    if not configuration.is_local:
        if not (database and redis):
            raise CannotStart(f"GREENROOM_ENV is {configuration.environment}: set DATABASE_URL and REDIS_URL.")
        return Stores({}, configuration.for_children(secrets={}, database_url=database, redis_url=redis))
    secrets = LocalSecrets.load(folder.path / "secrets.json", has_data=folder.has_data)
    env = {**configuration.given, "GREENROOM_DATA_DIR": str(folder.path)}
    embedded: dict[str, EmbeddedPostgres | EmbeddedValkey] = {}
    if not database:
        embedded["postgres"] = postgres = EmbeddedPostgres(
            folder.path / "postgres",
            port=ports.get("postgres"),
            password=secrets["POSTGRES_PASSWORD"],
            env=env,
            log=folder.logs / "postgres.log",
        )
        database = postgres.url
    if not redis:
        embedded["valkey"] = valkey = EmbeddedValkey(
            folder.path / "valkey",
            port=ports.get("valkey"),
            password=secrets["VALKEY_PASSWORD"],
            env=env,
            log=folder.logs / "valkey.log",
        )
        redis = valkey.url
    made = secrets.for_children(with_sandbox=configuration.uses_sandbox)
    return Stores(embedded, configuration.for_children(secrets=made, database_url=database, redis_url=redis))


def run(
    configuration: Configuration, *, plan: Plan = GREENROOM, verbose: bool = False, without: Collection[str] = ()
) -> None:
    """Start everything, keep it up until somebody asks to stop, stop everything.

    Raises: CannotStart with what is wrong and what to do; nothing is left running then either.
    """
    folder = DataFolder(configuration.data)
    os.umask(PRIVATE)
    with folder.locked():
        if stale := folder.end_stale():
            say(f"Ended what an earlier start has left: {', '.join(stale)}")
        configuration.refuse_taken_ports()
        found = stores(configuration, folder)
        with _supervised(folder, found, verbose=verbose) as supervisor:
            supervisor.bring_up(list(found.embedded.values()))
            _prepare(supervisor, configuration, folder, plan, found.env)
            programs: Sequence[Service] = [p for p in plan.programs(configuration, found.env) if p.name not in without]
            supervisor.bring_up(programs)
            _announce(configuration, found.env)
            supervisor.watch()


@contextmanager
def _supervised(folder: DataFolder, found: Stores, *, verbose: bool) -> Iterator[Supervisor]:
    supervisor = Supervisor(verbose=verbose, on_change=partial(folder.remember, found.ports))
    supervisor.heed_signals()
    try:
        yield supervisor
    except StopRequested:
        say("Stopping ...")
    finally:
        supervisor.stop()
        folder.forget()
    say("Greenroom has stopped.")


def _prepare(
    supervisor: Supervisor, configuration: Configuration, folder: DataFolder, plan: Plan, env: Mapping[str, str]
) -> None:
    (folder.path / "objects").mkdir(exist_ok=True)
    for name, command in plan.steps(configuration):
        log = folder.logs / f"{name.replace(' ', '-')}.log"
        supervisor.run_step(name, command, env=env, cwd=configuration.root, log=log)


def _announce(configuration: Configuration, env: Mapping[str, str]) -> None:
    if configuration.is_local:
        password = env["GREENROOM_DEMO_PASSWORD"]
        for account in DEMO_ACCOUNTS:
            say(f"  {account:<10} password {password}")
    if configuration.uses_sandbox:
        say("  Sandbox: no real money, no real voice.")
    say(f"  HTTP interface http://127.0.0.1:{configuration.api_port}/docs, logs in {configuration.data / 'logs'}")
    say(f"Greenroom is ready: http://127.0.0.1:{configuration.app_port}")


def run_beside(configuration: Configuration, command: Sequence[str]) -> int:
    """Run a command with the environment the product's processes have, on its stores: those that run, else started
    for as long as the command takes. Returns the command's exit code.

    Raises: CannotStart.
    """
    folder = DataFolder(configuration.data)
    os.umask(PRIVATE)
    try:
        with folder.locked():
            folder.end_stale()
            found = stores(configuration, folder)
            with _supervised_quietly(folder, found) as supervisor:
                supervisor.bring_up(list(found.embedded.values()))
                return _run(command, configuration, found.env)
    except AlreadyRunning:
        note = folder.recall()
        if note is None:
            raise
        return _run(command, configuration, stores(configuration, folder, ports=note.store_ports).env)


@contextmanager
def _supervised_quietly(folder: DataFolder, found: Stores) -> Iterator[Supervisor]:
    supervisor = Supervisor(on_change=partial(folder.remember, found.ports))
    try:
        yield supervisor
    finally:
        supervisor.stop()
        folder.forget()


def _run(command: Sequence[str], configuration: Configuration, env: Mapping[str, str]) -> int:
    """The command shares our terminal, so Ctrl-C reaches it by itself: here it must only not end us before it."""
    process = subprocess.Popen(command, env=dict(env), cwd=configuration.root)  # noqa: S603  what the caller asked for
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()
