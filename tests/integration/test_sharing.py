"""A link to a report: it opens that report alone, ends by itself, and is ended by its owner alone."""

from datetime import timedelta

import pytest

from core.errors import FieldProblem, NotFound
from core.interviews import erasure
from core.reports import sharing
from core.reports.flows import write_report
from tests.integration.test_promise import interview_without_report
from tests.integration.world import World


@pytest.fixture
def session_id(world: World) -> str:
    made = interview_without_report(world)
    write_report(world.app, made)
    return made


def link(world: World, session_id: str, days: int = 7) -> tuple[str, str]:
    with world.app.uow() as uow:
        made, token = sharing.share(uow, world.asha, session_id, days=days)
    return made.link_id, token


def test_it_opens_the_report_until_its_time_is_over(world: World, session_id: str) -> None:
    _, token = link(world, session_id)
    with world.app.uow() as uow:
        assert sharing.shared(uow, token)["sessionId"] == session_id

    world.now += timedelta(days=7)
    with world.app.uow() as uow, pytest.raises(NotFound):
        sharing.shared(uow, token)


def test_its_owner_ends_it_and_nobody_else(world: World, session_id: str) -> None:
    link_id, token = link(world, session_id)
    other, own = world.stranger(), world.asha
    with world.app.uow() as uow, pytest.raises(NotFound):
        sharing.end(uow, other, session_id, link_id)
    with world.app.uow() as uow, pytest.raises(NotFound):
        sharing.share(uow, other, session_id, days=7)

    with world.app.uow() as uow:
        sharing.end(uow, own, session_id, link_id)
    with world.app.uow() as uow, pytest.raises(NotFound):
        sharing.shared(uow, token)


def test_the_token_stands_nowhere_and_goes_with_the_interview(world: World, session_id: str) -> None:
    _, token = link(world, session_id)
    assert token not in str(world.rows("SELECT * FROM report_links"))

    erasure.delete(world.app, world.asha, session_id)
    with world.app.uow() as uow, pytest.raises(NotFound):
        sharing.shared(uow, token)
    assert world.rows("SELECT id FROM report_links") == []


@pytest.mark.parametrize("days", [0, -1, 91])
def test_a_link_has_an_end(world: World, session_id: str, days: int) -> None:
    with world.app.uow() as uow, pytest.raises(FieldProblem):
        sharing.share(uow, world.asha, session_id, days=days)


@pytest.mark.parametrize("token", ["", "x", "a" * 500, "'; DROP TABLE users"])
def test_an_unknown_token_opens_nothing(world: World, token: str) -> None:
    with world.app.uow() as uow, pytest.raises(NotFound):
        sharing.shared(uow, token)
