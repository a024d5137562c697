"""A recording is heard by its owner, from any moment on, and by a coach for as long as it is shared with them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from core.accounts import service as accounts
from core.accounts.types import Actor, Role
from core.cohorts import service
from core.cohorts.types import Share
from core.db import Uow
from core.interviews import flows
from core.interviews.catalogue import Mode
from core.interviews.erasure import recordings_prefix
from core.interviews.recordings import Recordings
from core.privacy.audit import Action, AuditEntry
from core.reports.flows import write_report
from core.wiring import Greenroom
from tests.pages.support import Story
from ui import recordings
from ui.identity import COOKIE

SOUND = b"RIFF" + bytes(range(250))


@dataclass(frozen=True)
class Shared:
    greenroom: Greenroom
    cohort_id: str
    ravi: Actor
    asha: Actor
    session_id: str

    @property
    def address(self) -> str:
        return f"/recordings/{self.session_id}/1?cohort={self.cohort_id}&learner={self.asha.user_id}"

    def heard_by(self) -> list[str]:
        """Who heard it, by the audit's entries, oldest first."""
        query = (
            select(AuditEntry.actor_id)
            .where(AuditEntry.action == Action.RECORDING_HEARD, AuditEntry.subject_id == self.session_id)
            .order_by(AuditEntry.id)
        )
        with self.greenroom.uow() as uow:
            return list(uow.session.scalars(query))


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


@pytest.fixture
def shared(recorded: str, story: Story, greenroom: Greenroom, person: Callable[..., Actor], asha: Actor) -> Shared:
    """Her recorded interview, with a report, in a cohort of Ravi's."""
    ravi = person("Ravi", Role.COACH)
    flows.complete(greenroom, asha, recorded)
    write_report(greenroom, recorded)
    with greenroom.uow() as uow:
        cohort_id = service.create(uow, ravi, "Batch").cohort_id
        token = service.invite(uow, ravi, cohort_id, app_url="https://app.test").token
        service.join(uow, asha, token, Share(audio=True))
    return Shared(greenroom, cohort_id, ravi, asha, recorded)


def test_a_coach_hears_it_where_it_is_shared_and_that_is_kept(
    browser: TestClient, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "actor_of_cookie", lambda _uow, _cookie: shared.ravi)
    reply = browser.get(shared.address)
    assert (reply.status_code, reply.content) == (200, SOUND)
    assert shared.heard_by() == [shared.ravi.user_id]
    assert browser.get(f"/recordings/{shared.session_id}/1").status_code == 404


@pytest.mark.parametrize(
    "end",
    [
        lambda uow, of: service.set_share(uow, of.asha, of.cohort_id, Share(audio=False)),
        lambda uow, of: service.set_share(uow, of.asha, of.cohort_id, Share(reports=False, audio=True)),
        lambda uow, of: service.withdraw(uow, of.asha, of.cohort_id),
        lambda uow, of: service.change(uow, of.ravi, of.cohort_id, feedback_only=True),
    ],
    ids=["audio taken back", "reports taken back", "withdrawn", "aggregates only"],
)
def test_taking_it_back_ends_it_at_once(
    browser: TestClient, shared: Shared, monkeypatch: pytest.MonkeyPatch, end: Callable[[Uow, Shared], object]
) -> None:
    monkeypatch.setattr(accounts, "actor_of_cookie", lambda _uow, _cookie: shared.ravi)
    assert browser.get(shared.address).status_code == 200
    with shared.greenroom.uow() as uow:
        end(uow, shared)
    assert browser.get(shared.address, headers={"Range": "bytes=0-3"}).status_code == 404
    assert shared.heard_by() == [shared.ravi.user_id]


def test_another_coach_and_another_learner_hear_nothing(
    browser: TestClient, shared: Shared, monkeypatch: pytest.MonkeyPatch, person: Callable[..., Actor]
) -> None:
    for other in (person("Meera", Role.COACH), person("Ben")):
        monkeypatch.setattr(accounts, "actor_of_cookie", lambda _uow, _cookie, other=other: other)
        assert browser.get(shared.address).status_code == 404
    monkeypatch.setattr(accounts, "actor_of_cookie", lambda _uow, _cookie: shared.ravi)
    assert browser.get(shared.address.replace(shared.asha.user_id, "usr_nobody")).status_code == 404
    assert shared.heard_by() == []
