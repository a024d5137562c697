"""The model is away unless a test brings one."""

import dataclasses
from collections.abc import Iterator

import pytest

from core.accounts.types import Actor, Role
from core.settings import Settings
from core.wiring import Greenroom, build
from tests.integration.cohorts import person
from tests.integration.played import NoModel


@pytest.fixture
def greenroom(settings: Settings) -> Iterator[Greenroom]:
    real = build(settings)
    yield dataclasses.replace(real, model=NoModel())
    real.engine.dispose()


@pytest.fixture
def asha(greenroom: Greenroom) -> Actor:
    return person(greenroom, Role.CANDIDATE)
