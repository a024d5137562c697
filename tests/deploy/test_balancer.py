"""The balancer's own configuration, held by nginx itself, and what it does with real requests."""

import gzip
import http.client
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.deploy.balancing import NAMES, any_certificate, balanced


class Node(BaseHTTPRequestHandler):
    """Answers with its own name and what it was told."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        told = {name: self.headers.get(name, "") for name in ("x-request-id", "x-forwarded-for", "x-forwarded-proto")}
        body = ("\n".join([self.server.name, *told.values()]) + "\n" + "x" * 2000).encode()  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer

    def log_message(self, *_: object) -> None:
        return


@dataclass
class Balancer:
    port: int
    tls_port: int
    nodes: dict[str, ThreadingHTTPServer]

    def ask(
        self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, list[str]]:
        with closing(
            http.client.HTTPSConnection("127.0.0.1", self.tls_port, timeout=20, context=any_certificate())
        ) as connection:
            connection.request(method, path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
            reply = connection.getresponse()
            raw = reply.read()
        text = gzip.decompress(raw) if reply.headers.get("content-encoding") == "gzip" else raw
        return reply, text.decode().splitlines()


@pytest.fixture(scope="module")
def balancer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Balancer]:
    nodes: dict[str, ThreadingHTTPServer] = {}
    for name in NAMES:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Node)
        server.name = name  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        nodes[name] = server
    ports = {name: server.server_port for name, server in nodes.items()}
    with balanced(tmp_path_factory.mktemp("balancer") / "nginx", ports) as made:
        yield Balancer(made.plain, made.tls, nodes)
    for server in nodes.values():
        server.shutdown()
        server.server_close()


def cookie_of(reply: http.client.HTTPResponse) -> str:
    return (reply.headers["set-cookie"] or "").partition(";")[0]


def test_a_visitor_stays_on_one_application_and_visitors_spread(balancer: Balancer):
    seen = set()
    for _ in range(20):
        reply, (node, *_) = balancer.ask("/")
        cookie = cookie_of(reply)
        assert {balancer.ask("/_stcore/upload_file", Cookie=cookie)[1][0] for _ in range(4)} == {node}
        assert balancer.ask("/", Cookie=cookie)[0].headers["set-cookie"] is None
        seen.add(node)
    assert seen == {"app-1", "app-2", "app-3"}


def test_calls_go_round_the_interfaces(balancer: Balancer):
    assert {balancer.ask("/api/interviews/history")[1][0] for _ in range(8)} == {"api-1", "api-2"}


def test_a_request_keeps_its_id_and_an_id_that_is_none_is_replaced(balancer: Balancer):
    assert balancer.ask("/api/me", X_Request_ID="from-outside-1")[1][1] == "from-outside-1"
    made = balancer.ask("/api/me", X_Request_ID='"; drop')[1][1]
    assert len(made) == 32


def test_where_a_caller_comes_from_is_not_the_callers_to_say(balancer: Balancer):
    _, (_, _, address, scheme, *_) = balancer.ask("/api/me", X_Forwarded_For="10.9.8.7", X_Forwarded_Proto="http")
    assert (address, scheme) == ("127.0.0.1", "https")


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/api/auth/token", 1_100_000, 413),
        ("/api/interviews/setup", 1_100_000, 200),
        ("/api/interviews/setup", 2_200_000, 413),
        ("/api/webhooks/vapi", 9_000_000, 200),
        ("/_stcore/upload_file", 5_500_000, 200),
        ("/_stcore/upload_file", 6_500_000, 413),
    ],
)
def test_a_body_has_its_limit(balancer: Balancer, path: str, size: int, status: int):
    try:
        reply, _ = balancer.ask(path, method="POST", body=b"x" * size)
    except (BrokenPipeError, ConnectionResetError):
        # It hangs up on a body it has refused by its length.
        assert status == 413
        return
    assert reply.status == status


def test_text_is_compressed_where_it_is_taken(balancer: Balancer):
    assert balancer.ask("/api/me", Accept_Encoding="gzip")[0].headers["content-encoding"] == "gzip"
    assert balancer.ask("/api/me")[0].headers["content-encoding"] is None


def test_what_comes_without_encryption_is_sent_to_where_it_is(balancer: Balancer):
    with closing(http.client.HTTPConnection("127.0.0.1", balancer.port, timeout=20)) as connection:
        connection.request("GET", "/login?next=report", headers={"Host": "greenroom.test"})
        reply = connection.getresponse()
        reply.read()
    assert (reply.status, reply.headers["location"]) == (308, "https://greenroom.test/login?next=report")


def test_a_node_that_is_gone_costs_its_visitors_nothing(balancer: Balancer):
    cookies = [cookie_of(balancer.ask("/")[0]) for _ in range(12)]
    gone = balancer.nodes["app-1"]
    gone.shutdown()
    gone.server_close()
    balancer.nodes["api-1"].shutdown()
    balancer.nodes["api-1"].server_close()
    replies = [balancer.ask("/", Cookie=cookie) for cookie in cookies]
    assert {reply.status for reply, _ in replies} == {200}
    assert {lines[0] for _, lines in replies} <= {"app-2", "app-3"}
    posts = [balancer.ask("/api/auth/token", method="POST", body=b"{}") for _ in range(6)]
    assert [(reply.status, lines[0]) for reply, lines in posts] == [(200, "api-2")] * 6
