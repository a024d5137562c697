"""A recording is heard by its owner alone, from any moment on."""

from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from core.accounts import service as accounts
from core.accounts.types import Actor
from core.interviews.catalogue import Mode
from core.interviews.erasure import recordings_prefix
from core.interviews.recordings import Recordings
from core.wiring import Greenroom
from tests.pages.support import Story
from ui import recordings
from ui.identity import COOKIE

SOUND = b"RIFF" + bytes(range(250))


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch, greenroom: Greenroom, asha: Actor) -> TestClient:
    """A browser with Asha's cookie; any other cookie is nobody's."""
    monkeypatch.setattr(recordings, "greenroom", lambda: greenroom)
    monkeypatch.setattr(accounts, "actor_of_cookie", lambda _uow, cookie: asha if cookie == "ashas" else None)
    app = Starlette(routes=[Route(recordings.PATH, recordings.recording)])
    return TestClient(app, cookies={COOKIE: "ashas"})


@pytest.fixture
def recorded(story: Story) -> str:
    session_id = story.started(mode=Mode.VOICE)
    call_id = story.view(session_id).call_id
    story.greenroom.objects.put(f"{recordings_prefix(session_id)}{call_id}", SOUND)
    return session_id


def test_the_owner_hears_it_and_nothing_on_the_way_keeps_it(browser: TestClient, recorded: str) -> None:
    reply = browser.get(f"/recordings/{recorded}/1")
    assert (reply.status_code, reply.content) == (200, SOUND)
    assert reply.headers["cache-control"] == "private, no-store"
    assert reply.headers["content-type"] == "audio/wav"


@pytest.mark.parametrize(
    ("wanted", "status", "content", "about"),
    [
        ("bytes=0-3", 206, SOUND[:4], "bytes 0-3/254"),
        ("bytes=250-", 206, SOUND[250:], "bytes 250-253/254"),
        ("bytes=-2", 206, SOUND[-2:], "bytes 252-253/254"),
        ("bytes=200-9999", 206, SOUND[200:], "bytes 200-253/254"),
        ("bytes=254-", 416, b"", "bytes */254"),
        ("lines=1-2", 200, SOUND, None),
    ],
)
def test_a_player_may_begin_anywhere(
    browser: TestClient, recorded: str, wanted: str, status: int, content: bytes, about: str | None
) -> None:
    reply = browser.get(f"/recordings/{recorded}/1", headers={"Range": wanted})
    assert (reply.status_code, reply.content, reply.headers.get("content-range")) == (status, content, about)


def test_nobody_else_finds_it(browser: TestClient, recorded: str, monkeypatch: pytest.MonkeyPatch, asha: Actor) -> None:
    meera = replace(asha, user_id="usr_meera")
    assert browser.get(f"/recordings/{recorded}/2").status_code == 404
    browser.cookies.set(COOKIE, "spent")
    assert browser.get(f"/recordings/{recorded}/1").status_code == 404
    browser.cookies.clear()
    assert browser.get(f"/recordings/{recorded}/1").status_code == 404
    browser.cookies.set(COOKIE, "ashas")
    monkeypatch.setattr(accounts, "actor_of_cookie", lambda _uow, _cookie: meera)
    assert browser.get(f"/recordings/{recorded}/1").status_code == 404


def test_a_turn_is_found_in_the_recording_of_its_own_attempt() -> None:
    heard = Recordings({1: 0, 2: 60_000})
    assert heard.place("a1-4", 12_400) == (1, 12)
    assert heard.place("a2-0", 61_900) == (2, 1)
    assert heard.place("a3-0", 90_000) is None
    assert heard.place("t2c", None) is None
