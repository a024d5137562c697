from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.runner.support import Run

Start = Callable[..., Run]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a name that has to be quoted wherever it is written."""
    return tmp_path / 'the "data" folder'


@pytest.fixture
def start(data: Path) -> Iterator[Start]:
    runs: list[Run] = []

    def begin(**options: object) -> Run:
        runs.append(Run(data, **options))  # type: ignore[arg-type]  # passed on as they are
        return runs[-1]

    yield begin
    for run in runs:
        run.kill_everything()
