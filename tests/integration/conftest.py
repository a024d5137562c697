"""What most of these tests begin with."""

from collections.abc import Iterator

import pytest

from core.settings import Settings
from core.wiring import Greenroom, build
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
