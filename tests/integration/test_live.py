"""What changes is told to the person's open pages, over a real Redis; without one pages look from time to time."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from core.accounts import service as accounts
from core.accounts.types import Actor, Role
from core.clock import utc_now
from core.db import Transactions, connect
from core.errors import NotFound
from core.live import Live
from core.reports.stages import Stage, Step, stage_of, teller
from core.settings import Settings
from core.wiring import Greenroom, build
from runner.valkey import EmbeddedValkey
from tests.waiting import until
from ui import live
from ui.identity import COOKIE

PATIENCE_SECONDS = 20
ASHA = Actor("usr_asha", "asha", "Asha", Role.CANDIDATE, "ses_asha")
MEERA = Actor("usr_meera", "meera", "Meera", Role.CANDIDATE, "ses_meera")


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    with EmbeddedValkey(tmp_path / "valkey") as running:
        yield running


@pytest.fixture
def greenroom(settings: Settings, valkey: EmbeddedValkey) -> Iterator[Greenroom]:
    real = build(settings.model_copy(update={"redis_url": type(settings.redis_url)(valkey.url)}))
    yield real
    real.engine.dispose()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch, greenroom: Greenroom) -> Iterator[TestClient]:
    """A browser with Asha's cookie, at a server that listens."""
    monkeypatch.setattr(live, "greenroom", lambda: greenroom)
    people = {"ashas": ASHA, "meeras": MEERA}
    monkeypatch.setattr(accounts, "actor_of_cookie", lambda _uow, cookie: people.get(cookie))
    app = Starlette(routes=[WebSocketRoute(live.PATH, live.live)], lifespan=lambda _: live.hub.running(greenroom))
    with TestClient(app, base_url="http://testserver", cookies={COOKIE: "ashas"}) as client:
        until(lambda: live.hub.hears)
        yield client


OURS = {"origin": "http://testserver"}


def test_a_page_hears_of_a_change_at_once(browser: TestClient, greenroom: Greenroom) -> None:
    with browser.websocket_connect(live.PATH, headers=OURS) as page:
        assert page.receive_text() == "changed"
        greenroom.live.tell(ASHA.user_id)
        assert page.receive_text() == "changed"


def test_only_the_pages_of_that_person_are_woken(greenroom: Greenroom) -> None:
    async def both() -> tuple[bool, bool]:
        hub = live.Hub()
        async with hub.running(greenroom), hub.page_of(ASHA.user_id) as ashas, hub.page_of(MEERA.user_id) as meeras:
            await asyncio.to_thread(until, lambda: hub.hears)
            greenroom.live.tell(ASHA.user_id)
            await asyncio.wait_for(ashas.wait(), PATIENCE_SECONDS)
            return ashas.is_set(), meeras.is_set()

    # In a thread of its own: the browser tests leave a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(both())).result(30) == (True, False)


@pytest.mark.parametrize(("cookie", "origin"), [("spent", "http://testserver"), ("ashas", "http://elsewhere.test")])
def test_nobody_signed_in_and_no_foreign_page_gets_a_line(browser: TestClient, cookie: str, origin: str) -> None:
    browser.cookies.set(COOKIE, cookie)
    with pytest.raises(WebSocketDisconnect), browser.websocket_connect(live.PATH, headers={"origin": origin}):
        pass


def test_what_is_rolled_back_is_told_to_nobody(settings: Settings) -> None:
    told: list[str] = []
    engine = connect(settings.sqlalchemy_url, pool_size=1)
    uow = Transactions(engine, utc_now, tell=told.append)

    def fail() -> None:
        with uow() as failing:
            failing.tell(ASHA.user_id)
            raise NotFound("interview")

    with pytest.raises(NotFound):
        fail()
    assert told == []

    with uow() as kept:
        kept.tell(ASHA.user_id)
        kept.tell(ASHA.user_id)
        assert told == []
    assert told == [ASHA.user_id]
    engine.dispose()


def test_how_far_a_report_is_can_be_read_by_its_owner_alone(greenroom: Greenroom) -> None:
    heard: list[str] = []
    ears = greenroom.live.ears(heard.append)
    ears.start()
    until(lambda: ears.open)

    teller(greenroom, ASHA.user_id, "int_1")(Stage(Step.JUDGING, 2, 5))

    assert stage_of(greenroom, ASHA, "int_1") == Stage(Step.JUDGING, 2, 5)
    assert stage_of(greenroom, MEERA, "int_1") is None
    until(lambda: heard == [ASHA.user_id])
    ears.stop()


def test_without_redis_nobody_waits_and_it_is_taken_up_again(tmp_path: Path) -> None:
    heard: list[str] = []
    with EmbeddedValkey(tmp_path / "first") as first:
        channel = Live(first.url)
        ears = channel.ears(heard.append)
        ears.start()
        until(lambda: ears.open)
        channel.tell("usr_1")
        until(lambda: heard == ["usr_1"])
    until(lambda: not ears.open)

    channel.tell("usr_2")

    with EmbeddedValkey(tmp_path / "second", port=first.port, password=first.password):
        until(lambda: ears.open)

        def heard_again() -> bool:
            channel.tell("usr_3")
            return "usr_3" in heard

        until(heard_again)
    assert "usr_2" not in heard
    ears.stop()
