"""Pages are drawn by Streamlit's own test runner over the real core and a real Postgres; only providers are played."""

import dataclasses
from collections.abc import Callable, Iterator

import pytest

from core.accounts.models import User
from core.accounts.types import Actor, Role
from core.ids import new_id
from core.settings import Settings
from core.wiring import Greenroom, build
from tests.pages.fakes import FakeModel, FakePayments, FakeVoice
from tests.pages.support import Story, Visitor


@pytest.fixture
def greenroom(settings: Settings) -> Iterator[Greenroom]:
    real = build(settings)
    yield dataclasses.replace(real, voice=FakeVoice(), payments=FakePayments(), model=FakeModel())
    real.engine.dispose()


@pytest.fixture
def person(greenroom: Greenroom) -> Callable[..., Actor]:
    """Make somebody new. Everybody sees only what is theirs, so no test needs an empty database."""

    def make(name: str = "Asha", role: Role = Role.CANDIDATE) -> Actor:
        user_id = new_id("usr")
        with greenroom.uow() as uow:
            uow.session.add(
                User(
                    id=user_id,
                    username=user_id.lower(),
                    email=f"{user_id.lower()}@people.test",
                    name=name,
                    password_hash="not used here",
                    role=role,
                    locale="en",
                    created_at=uow.now,
                )
            )
        return Actor(user_id, user_id.lower(), name, role, "ses_test")

    return make


@pytest.fixture
def asha(person: Callable[..., Actor]) -> Actor:
    return person("Asha")


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch, greenroom: Greenroom, asha: Actor) -> Visitor:
    visitor = Visitor(asha)
    monkeypatch.setattr("ui.auth.current_actor", lambda: visitor.actor)
    for place in ("ui.guard.greenroom", "ui.login.greenroom"):
        monkeypatch.setattr(place, lambda: greenroom)
    return visitor


@pytest.fixture
def story(greenroom: Greenroom, asha: Actor) -> Story:
    return Story(greenroom, asha)
