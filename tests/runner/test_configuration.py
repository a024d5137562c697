from pathlib import Path

import pytest

from runner.configuration import read_configuration
from runner.processes import CannotStart


def test_the_data_lies_in_the_project_unless_said_otherwise(tmp_path: Path) -> None:
    assert read_configuration({}, tmp_path).data == tmp_path / ".data"
    assert read_configuration({"GREENROOM_DATA_DIR": "here"}, tmp_path).data == tmp_path / "here"
    assert read_configuration({"GREENROOM_DATA_DIR": "/there"}, tmp_path).data == Path("/there")


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GREENROOM_APP_PORT=9001\nGREENROOM_API_PORT=9002\n")

    found = read_configuration({"GREENROOM_APP_PORT": "9003", "GREENROOM_API_PORT": ""}, tmp_path)

    assert (found.app_port, found.api_port, found.sandbox_port) == (9003, 9002, 8090)


@pytest.mark.parametrize("value", ["80000", "0", "eight", "-1"])
def test_a_port_that_is_none_is_refused_by_its_variable(tmp_path: Path, value: str) -> None:
    with pytest.raises(CannotStart, match=f"GREENROOM_API_PORT is '{value}'"):
        read_configuration({"GREENROOM_API_PORT": value}, tmp_path)


def test_two_parts_cannot_share_a_port(tmp_path: Path) -> None:
    same = read_configuration({"GREENROOM_APP_PORT": "29001", "GREENROOM_API_PORT": "29001"}, tmp_path)

    with pytest.raises(CannotStart, match="GREENROOM_APP_PORT and GREENROOM_API_PORT are both 29001"):
        same.refuse_taken_ports()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, True),
        ({"GREENROOM_PROVIDERS": "live"}, False),
        ({"GREENROOM_ENV": "production", "GREENROOM_PROVIDERS": "sandbox"}, False),
    ],
)
def test_the_sandbox_runs_locally_and_without_live_providers(
    tmp_path: Path, environment: dict[str, str], expected: bool
) -> None:
    found = read_configuration(environment, tmp_path)

    assert found.uses_sandbox is expected
    assert ("GREENROOM_SANDBOX_PORT" in found.ports) is expected


def test_what_is_given_by_name_reaches_the_children_unchanged(tmp_path: Path) -> None:
    given = {"JWT_SECRET": "given", "STORAGE_URL": "s3://bucket/prefix", "GREENROOM_RATE_SCALE": "7"}

    env = read_configuration(given, tmp_path).for_children(
        secrets={"JWT_SECRET": "made", "ENCRYPTION_KEYS": "made"}, database_url="postgresql://x", redis_url="redis://x"
    )

    assert given.items() <= env.items()
    assert env["ENCRYPTION_KEYS"] == "made"
    assert env["GREENROOM_PROVIDERS"] == "sandbox"
    assert env["GREENROOM_DATA_DIR"] == str(tmp_path / ".data")
