"""What most of these tests begin with."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from core.settings import Settings
from core.wiring import Greenroom, build
from tests.integration.cohorts import Class, class_of_one
from tests.integration.world import World


@pytest.fixture
def greenroom(settings: Settings) -> Iterator[Greenroom]:
    made = build(settings)
    yield made
    made.engine.dispose()


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    made = World(settings)
    yield made
    made.close()


@pytest.fixture
def nobody_yet(greenroom: Greenroom) -> None:
    with greenroom.engine.begin() as connection:
        connection.execute(text("TRUNCATE users, cohorts CASCADE"))


@pytest.fixture
def held(greenroom: Greenroom, nobody_yet: None) -> Class:
    return class_of_one(greenroom)
