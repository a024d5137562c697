"""What dies comes back, where it was and with what it knew."""

import os
import signal

import psycopg
import redis

from runner.configuration import read_configuration
from runner.data_folder import DataFolder
from runner.product import Stores, stores
from tests.runner.conftest import Start
from tests.runner.support import ROOT, Run
from tests.waiting import until


def stores_of(run: Run) -> Stores:
    """The stores of a running start, as a command beside it reaches them."""
    configuration = read_configuration(run.env, ROOT)
    folder = DataFolder(configuration.data)
    note = folder.recall()
    assert note is not None
    return stores(configuration, folder, ports=note.store_ports)


def write_row(run: Run) -> None:
    with psycopg.connect(stores_of(run).env["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('still here')")


def read_row(run: Run) -> str | None:
    try:
        with psycopg.connect(stores_of(run).env["DATABASE_URL"]) as connection:
            row = connection.execute("SELECT word FROM kept").fetchone()
    except psycopg.OperationalError:
        return None
    return str(row[0]) if row else None


def test_data_and_secrets_outlive_a_stop_and_a_kill_of_everything(start: Start) -> None:
    run = start().ready()
    secrets = (run.data / "secrets.json").read_text()
    write_row(run)
    run.signal(signal.SIGTERM)
    run.ended()

    second = start().ready()
    assert read_row(second) == "still here"
    second.kill_everything()

    third = start().ready()
    assert read_row(third) == "still here"
    assert (run.data / "secrets.json").read_text() == secrets


def test_programs_that_die_are_started_again_and_the_others_go_on(start: Start) -> None:
    run = start().ready()
    before = run.children()

    os.kill(before["api"], signal.SIGKILL)
    os.kill(before["worker"], signal.SIGKILL)

    until(lambda: {"api is up again", "worker is up again"} <= {*run.lines}, "both programs to be up again")
    after = run.children()
    assert {name for name in before if before[name] != after[name]} == {"api", "worker"}


def test_stores_that_die_come_back_at_their_old_addresses(start: Start) -> None:
    run = start().ready()
    write_row(run)
    cache = redis.Redis.from_url(stores_of(run).env["REDIS_URL"])
    before = run.children()

    os.kill(before["postgres"], signal.SIGKILL)
    os.kill(before["valkey"], signal.SIGKILL)

    until(lambda: {"postgres is up again", "valkey is up again"} <= {*run.lines}, "both stores to be up again")
    assert read_row(run) == "still here"
    assert cache.ping()
    cache.close()
    assert run.children()["api"] == before["api"]
