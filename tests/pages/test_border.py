"""Streamlit's own doors: those that are nobody's are shut, and files are taken from people who are signed in alone."""

import dataclasses
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.web.server.starlette import starlette_agent_routes, starlette_routes

from core.accounts import service
from core.accounts.types import Actor
from core.ratelimit import LIMITS, RateLimits
from core.settings import Settings
from core.wiring import Greenroom
from ui.border import CLOSED, UPLOADS, Border
from ui.identity import COOKIE

UPLOAD = f"{UPLOADS}/a-session/a-file"


async def took(request: Request) -> Response:
    return PlainTextResponse(f"took {len(await request.body())}")


@pytest.fixture
def client(greenroom: Greenroom, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr("ui.border.greenroom", lambda: greenroom)
    app = Starlette(routes=[Route("/{path:path}", took, methods=["GET", "PUT", "DELETE", "OPTIONS", "POST"])])
    with TestClient(Border(app)) as client:
        yield client


@pytest.fixture
def cookie(greenroom: Greenroom, asha: Actor) -> str:
    with greenroom.uow() as uow:
        ticket = service.issue_ticket(uow, asha.user_id)
    with greenroom.uow() as uow:
        return service.redeem_ticket(uow, ticket)[0]


def put(client: TestClient, cookie: str) -> int:
    return client.put(UPLOAD, content=b"%PDF-1.7", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", [*CLOSED, "/_stcore/agent/interact", "/_stcore/agent/mcp", "/_stcore/metrics/"])
def test_what_is_nobodys_is_not_there(client: TestClient, path: str, method: str) -> None:
    assert client.request(method, path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/report", "/_stcore/health", "/_stcore/metricsx", "/_stcore/host-config"])
def test_what_a_browser_needs_is_there(client: TestClient, path: str) -> None:
    assert client.get(path).text == "took 0"


def test_the_doors_are_where_streamlit_has_them() -> None:
    assert f"/{starlette_routes.ROUTE_METRICS}" in CLOSED
    assert f"/{starlette_routes.ROUTE_SCRIPT_HEALTH}" in CLOSED
    assert f"/{starlette_routes.BASE_ROUTE_UPLOAD_FILE}" == UPLOADS
    agent = [value for name, value in vars(starlette_agent_routes).items() if name.startswith("_ROUTE_AGENT")]
    assert len(agent) == 3
    assert all(f"/{path}".startswith("/_stcore/agent/") for path in agent)


@pytest.mark.parametrize("cookies", ["", COOKIE, f"{COOKIE}=", f"{COOKIE}=made-up", f"{COOKIE}={'a' * 4000}", "é=é"])
def test_a_file_of_nobodys_is_refused(client: TestClient, cookies: str) -> None:
    headers = {b"Cookie": cookies.encode()}
    assert client.put(UPLOAD, content=b"%PDF-1.7", headers=headers).status_code == 403
    assert client.delete(UPLOAD, headers=headers).status_code == 403


def test_a_file_is_taken_until_the_session_ends(client: TestClient, cookie: str, greenroom: Greenroom) -> None:
    assert put(client, cookie) == 200
    with greenroom.uow() as uow:
        actor = service.actor_of_cookie(uow, cookie)
        assert actor is not None
        service.sign_out(uow, actor.session_id)
    assert put(client, cookie) == 403


def test_nobody_fills_the_memory(
    client: TestClient, cookie: str, greenroom: Greenroom, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = dataclasses.replace(greenroom, rates=RateLimits(settings.redis_url.get_secret_value()))
    monkeypatch.setattr("ui.border.greenroom", lambda: strict)
    allowed = int(LIMITS["uploads"].partition("/")[0])
    assert [put(client, cookie) for _ in range(allowed + 1)] == [200] * allowed + [429]
