"""nginx with the shipped configuration, before nodes of a test's own."""

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.processes import end, free_port, spawn
from runner.tools import bring
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
NAMES = {"app-1": 8501, "app-2": 8501, "app-3": 8501, "api-1": 8000, "api-2": 8000}
"""The nodes that deploy/nginx/upstreams.conf names, and their ports there."""


@dataclass(frozen=True)
class Ports:
    plain: int
    tls: int


@contextmanager
def balanced(folder: Path, nodes: Mapping[str, int]) -> Iterator[Ports]:
    """The shipped files in `folder`; ports of nodes, its own ports and the certificate alone are this machine's."""
    shutil.copytree(ROOT / "deploy" / "nginx", folder)
    for name in ("run", "tls"):
        (folder / name).mkdir(exist_ok=True)
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=greenroom.test"]
    make += ["-keyout", str(folder / "tls/key.pem"), "-out", str(folder / "tls/cert.pem")]
    subprocess.run(make, check=True, capture_output=True)
    upstreams = (folder / "upstreams.conf").read_text()
    for name, port in NAMES.items():
        upstreams = upstreams.replace(f"{name}:{port}", f"127.0.0.1:{nodes[name]}")
    (folder / "upstreams.conf").write_text(upstreams)
    ports = Ports(free_port(), free_port())
    listen = (folder / "listen.conf").read_text()
    listen = listen.replace("listen 80;", f"listen 127.0.0.1:{ports.plain};")
    listen = listen.replace("listen 443 ssl", f"listen 127.0.0.1:{ports.tls} ssl")
    # To the nodes it comes from elsewhere than this machine's usual address, as from a host of its own.
    (folder / "listen.conf").write_text(f"{listen}\nproxy_bind 127.0.0.3;\n")
    rights = "user root; " if os.geteuid() == 0 else ""
    command = [bring(["nginx"])["nginx"], "-p", f"{folder}/", "-c", "nginx.conf", "-g", f"{rights}daemon off;"]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    with (folder / "nginx.log").open("wb") as log:
        process = spawn(command, env=os.environ, cwd=folder, output=log)
    try:
        until_it_listens(ports.tls)
        yield ports
    finally:
        end(process)


def until_it_listens(port: int, seconds: float = 60) -> None:
    def listens() -> bool:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True

    until(listens, f"a server on port {port}", seconds=seconds, despite=OSError)


def any_certificate() -> ssl.SSLContext:
    """For the certificate that `balanced` made."""
    return ssl._create_unverified_context()  # noqa: S323  the test's own
