"""What the environment asks of `make run`: where the data lies, which ports are ours, which parts come from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from runner.processes import CannotStart, is_taken

DEFAULT_PORTS = {"GREENROOM_APP_PORT": 8501, "GREENROOM_API_PORT": 8000, "GREENROOM_SANDBOX_PORT": 8090}


@dataclass(frozen=True)
class Configuration:
    root: Path
    data: Path
    app_port: int
    api_port: int
    sandbox_port: int
    metrics_port: int | None
    given: Mapping[str, str]

    @property
    def environment(self) -> str:
        return self.given.get("GREENROOM_ENV") or "local"

    @property
    def is_local(self) -> bool:
        return self.environment == "local"

    @property
    def uses_sandbox(self) -> bool:
        return self.is_local and (self.given.get("GREENROOM_PROVIDERS") or "sandbox") == "sandbox"

    @property
    def ports(self) -> dict[str, int]:
        """The ports that will be listened on, by the variable that changes them."""
        ports = {"GREENROOM_APP_PORT": self.app_port, "GREENROOM_API_PORT": self.api_port}
        if self.uses_sandbox:
            ports["GREENROOM_SANDBOX_PORT"] = self.sandbox_port
        if self.metrics_port is not None:
            ports["GREENROOM_METRICS_PORT"] = self.metrics_port
        return ports

    def refuse_taken_ports(self) -> None:
        """Raises: CannotStart, naming the port and the variable that changes it."""
        seen: dict[int, str] = {}
        for variable, port in self.ports.items():
            if port in seen:
                raise CannotStart(f"{seen[port]} and {variable} are both {port}; each needs a port of its own.")
            if is_taken(port):
                raise CannotStart(
                    f"Port {port} is in use by another program. Stop it, or set {variable} to a free port."
                )
            seen[port] = variable

    def for_children(self, *, secrets: Mapping[str, str], database_url: str, redis_url: str) -> dict[str, str]:
        """The environment of every process of the product. What was given by name wins over what is made here."""
        made = {
            "STORAGE_URL": (self.data / "objects").as_uri(),
            "MAIL_FOLDER": str(self.data / "mails"),
            "SANDBOX_STATE_FILE": str(self.data / "sandbox" / "state.sqlite"),
            "SANDBOX_RAZORPAY_WEBHOOK_URL": f"http://127.0.0.1:{self.api_port}/api/webhooks/razorpay",
            **secrets,
        }
        if self.uses_sandbox:
            made["GREENROOM_PROVIDERS"] = "sandbox"
        return {
            **self.given,
            **{name: value for name, value in made.items() if not self.given.get(name)},
            "GREENROOM_ENV": self.environment,
            "GREENROOM_DATA_DIR": str(self.data),
            "GREENROOM_APP_PORT": str(self.app_port),
            "GREENROOM_API_PORT": str(self.api_port),
            "GREENROOM_SANDBOX_PORT": str(self.sandbox_port),
            "GREENROOM_WORKER_READY_FILE": str(self.data / "run" / "worker.ready"),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "PYTHONUNBUFFERED": "1",
        }


def read_configuration(environ: Mapping[str, str], root: Path) -> Configuration:
    """Read the environment and, where it says nothing, the file `.env` in the project's root.

    Raises: CannotStart, naming the variable that cannot be taken.
    """
    from_file = {name: value for name, value in dotenv_values(root / ".env").items() if value}
    given = {**from_file, **{name: value for name, value in environ.items() if value or name not in from_file}}
    ports = {name: _port(name, given.get(name) or str(default)) for name, default in DEFAULT_PORTS.items()}
    metrics = given.get("GREENROOM_METRICS_PORT")
    return Configuration(
        root=root,
        data=(root / Path(given.get("GREENROOM_DATA_DIR") or ".data").expanduser()).absolute(),
        app_port=ports["GREENROOM_APP_PORT"],
        api_port=ports["GREENROOM_API_PORT"],
        sandbox_port=ports["GREENROOM_SANDBOX_PORT"],
        metrics_port=_port("GREENROOM_METRICS_PORT", metrics) if metrics else None,
        given=given,
    )


def _port(variable: str, value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise CannotStart(f"{variable} is {value!r}; a port is a number from 1 to 65535.")
    return int(value)
