"""Programs of Debian's that checks and the local cluster need: found, or brought where we are root.

`python -m runner.tools nginx promtool` prints their paths.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

PACKAGES = {
    "nginx": "nginx-light",
    "promtool": "prometheus",
    "pgbouncer": "pgbouncer",
    "amtool": "prometheus-alertmanager",
}
PLACES = ":".join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
APT = ("apt-get", "-qq", "-o", "Dpkg::Use-Pty=0")


class Missing(SystemExit):
    """A program is not there and cannot be brought; the message says what to do."""


def find(program: str) -> str | None:
    return shutil.which(program, path=PLACES)


def bring(programs: Sequence[str]) -> dict[str, str]:
    """The path of each program; by apt what is not there and we are root. Raises: Missing."""
    wanted = [PACKAGES[program] for program in programs if find(program) is None]
    if wanted and os.geteuid() == 0 and shutil.which("apt-get"):
        _run([*APT, "update"])
        _run([*APT, "install", "-y", "--no-install-recommends", *wanted])
    found = {program: find(program) for program in programs}
    missing = sorted(PACKAGES[program] for program, path in found.items() if path is None)
    if missing:
        raise Missing(f"Install what is missing (Debian: `apt install {' '.join(missing)}`).")
    return {program: path for program, path in found.items() if path is not None}


def _run(command: Sequence[str]) -> None:
    # Its servers are started by us where they are wanted, never by the package.
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.run(command, env=env, stdout=sys.stderr, check=False)  # noqa: S603  the commands are this module's own


if __name__ == "__main__":
    for path in bring(sys.argv[1:] or list(PACKAGES)).values():
        sys.stdout.write(f"{path}\n")
