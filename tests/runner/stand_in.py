"""The real runner over stand-ins for the product's programs: `python -m tests.runner.stand_in`."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from runner.configuration import Configuration, read_configuration
from runner.plan import Plan, Step
from runner.processes import CannotStart
from runner.product import run
from runner.supervisor import AnswersHttp, Probe, Program, WritesFile

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(__file__).resolve().with_name("stand_in_program.py")


def programs(configuration: Configuration, env: Mapping[str, str]) -> list[Program]:
    def program(name: str, probe: Probe, *arguments: str) -> Program:
        command = [sys.executable, "-S", str(PROGRAM), name, *arguments]
        log = configuration.data / "logs" / f"{name}.log"
        return Program(name, command, env, configuration.root, log, probe, grace_seconds=1.0)

    ports = {"sandbox": configuration.sandbox_port, "api": configuration.api_port, "app": configuration.app_port}
    sandbox, api, app = (program(name, AnswersHttp(port, "/"), str(port)) for name, port in ports.items())
    worker = program("worker", WritesFile(Path(env["GREENROOM_WORKER_READY_FILE"])))
    return [sandbox, api, worker, app]


def steps(_configuration: Configuration) -> list[Step]:
    """Fails where the step is led to no database, as a migration would."""
    connect = (
        "import os, socket, urllib.parse as u; a = u.urlsplit(os.environ['DATABASE_URL']);"
        "socket.create_connection((a.hostname, a.port)).close()"
    )
    return [("migrations", [sys.executable, "-S", "-c", connect])]


if __name__ == "__main__":
    try:
        run(read_configuration(os.environ, ROOT), plan=Plan(steps, programs))
    except CannotStart as exc:
        sys.exit(f"cannot start: {exc}")
