"""Attempts are counted by the visitor's own address, behind the balancer as well, on screens as on the interface."""

import http.client
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest
import yaml
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from core.ratelimit import normal_address
from runner.plan import streamlit, uvicorn
from runner.processes import end, free_port, spawn
from tests.deploy.balancing import NAMES, ROOT, Ports, any_certificate, balanced, until_it_listens

VISITOR = "127.0.0.9"
"""The whole of 127.0.0.0/8 is this machine: somebody who is not the balancer."""
FORGED = {"X-Forwarded-For": "10.9.8.7", "X-Real-IP": "10.9.8.7"}
SCREEN = """
import streamlit as st
from ui.auth import address

st.text(address())
"""
INTERFACE = """
from fastapi import FastAPI
from webhook_server.deps import Address

app = FastAPI()


@app.get("/api/address")
def tell(address: Address) -> str:
    return address
"""


def believed() -> str:
    """Whom the shipped installation's nodes believe."""
    services = yaml.safe_load((ROOT / "deploy" / "compose.yml").read_text())["services"]
    (word,) = {services[name]["environment"]["FORWARDED_ALLOW_IPS"] for name in NAMES}
    return str(word)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """A screen and an interface that answer with the address that attempts are counted by."""
    folder = tmp_path_factory.mktemp("nodes")
    (folder / "app.py").write_text(SCREEN)
    (folder / "interface.py").write_text(INTERFACE)
    ports = {"app": free_port(), "api": free_port()}
    commands = {"app": streamlit(ports["app"]), "api": uvicorn("interface:app", ports["api"])}
    commands["app"][commands["app"].index("app.py")] = str(folder / "app.py")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)]), "FORWARDED_ALLOW_IPS": believed()}
    with (folder / "log").open("wb") as log:
        running = [spawn([sys.executable, *command], env=env, cwd=ROOT, output=log) for command in commands.values()]
    try:
        for port in ports.values():
            until_it_listens(port)
        yield ports
    finally:
        for process in running:
            end(process)


@pytest.fixture(scope="module")
def ports(nodes: dict[str, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    with balanced(
        tmp_path_factory.mktemp("balancer") / "nginx", {n: nodes[n.partition("-")[0]] for n in NAMES}
    ) as made:
        yield made


def test_the_interface_counts_by_the_visitors_address(ports: Ports):
    with closing(
        http.client.HTTPSConnection(
            "127.0.0.1", ports.tls, timeout=20, context=any_certificate(), source_address=(VISITOR, 0)
        )
    ) as connection:
        connection.request("GET", "/api/address", headers=FORGED)
        assert connection.getresponse().read() == f'"{VISITOR}"'.encode()


def test_a_screen_counts_by_the_visitors_address(ports: Ports):
    visitor = socket.create_connection(("127.0.0.1", ports.tls), 20, source_address=(VISITOR, 0))
    address = f"wss://127.0.0.1:{ports.tls}/_stcore/stream"
    asked = BackMsg(rerun_script=ClientState()).SerializeToString()
    with connect(
        address, sock=visitor, ssl=any_certificate(), additional_headers=FORGED, max_size=None, open_timeout=20
    ) as page:
        page.send(asked)
        shown = None
        while shown is None:
            frame = page.recv(timeout=30)
            assert isinstance(frame, bytes)
            message = ForwardMsg.FromString(frame)
            if message.delta.new_element.WhichOneof("type") == "text":
                shown = message.delta.new_element.text.body
    assert shown == VISITOR


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unknown", "unknown"),
    ],
)
def test_a_subscriber_is_one_whatever_address_is_picked(host: str, counted: str):
    assert normal_address(host) == counted
