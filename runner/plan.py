"""What `make run` runs: the steps before the start, then the programs, in the order of who needs whom."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.configuration import Configuration
from runner.supervisor import AnswersHttp, Program, WritesFile

DEMO_ACCOUNTS = ("candidate", "coach", "admin")
Step = tuple[str, Sequence[str]]


@dataclass(frozen=True)
class Plan:
    steps: Callable[[Configuration], Sequence[Step]]
    programs: Callable[[Configuration, Mapping[str, str]], Sequence[Program]]


def steps(configuration: Configuration) -> list[Step]:
    migrate: Step = ("migrations", [sys.executable, "-m", "alembic", "upgrade", "head"])
    seed: Step = ("demo accounts", [sys.executable, "-m", "core.seed"])
    return [migrate, seed] if configuration.is_local else [migrate]


def programs(configuration: Configuration, env: Mapping[str, str]) -> list[Program]:
    logs = configuration.data / "logs"

    def program(name: str, command: Sequence[str], probe: AnswersHttp | WritesFile, grace_seconds: float) -> Program:
        return Program(
            name, [sys.executable, *command], env, configuration.root, logs / f"{name}.log", probe, grace_seconds
        )

    sandbox = program(
        "sandbox",
        uvicorn("sandbox.main:app", configuration.sandbox_port),
        AnswersHttp(configuration.sandbox_port, "/_control/health"),
        2.0,
    )
    product = [
        program(
            "api",
            uvicorn("webhook_server.main:app", configuration.api_port),
            AnswersHttp(configuration.api_port, "/health/ready"),
            4.0,
        ),
        program("worker", ["worker.py"], WritesFile(Path(env["GREENROOM_WORKER_READY_FILE"])), 6.0),
        program("app", streamlit(configuration.app_port), AnswersHttp(configuration.app_port, "/_stcore/health"), 3.0),
    ]
    return [sandbox, *product] if configuration.uses_sandbox else product


def uvicorn(application: str, port: int) -> list[str]:
    # The access log would repeat the product's own log lines, with whole addresses.
    where = ["--host", "127.0.0.1", "--port", str(port)]
    return ["-m", "uvicorn", application, *where, "--no-access-log", "--timeout-graceful-shutdown", "3"]


def streamlit(port: int) -> list[str]:
    where = ["--server.address", "127.0.0.1", "--server.port", str(port)]
    return [
        "-m",
        "streamlit",
        "run",
        "app.py",
        *where,
        "--server.headless",
        "true",
        "--browser.gatherUsageStats",
        "false",
    ]


GREENROOM = Plan(steps, programs)
