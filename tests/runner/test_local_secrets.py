import base64
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from runner.configuration import read_configuration
from runner.data_folder import DataFolder
from runner.local_secrets import OF_THE_PROVIDERS, LocalSecrets
from runner.processes import CannotStart
from runner.product import stores


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"

    first = LocalSecrets.load(path, has_data=False).for_children(with_sandbox=True)
    second = LocalSecrets.load(path, has_data=True).for_children(with_sandbox=True)

    assert first == second
    assert len(set(first.values())) == len(first)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_each_secret_has_the_shape_that_its_reader_expects(tmp_path: Path) -> None:
    made = LocalSecrets.load(tmp_path / "secrets.json", has_data=False).for_children(with_sandbox=True)

    name, _, key = made["ENCRYPTION_KEYS"].partition(":")
    assert (name, len(base64.b64decode(key, validate=True))) == ("k1", 32)
    assert Fernet(made["SANDBOX_STATE_KEY"].encode()).decrypt(Fernet(made["SANDBOX_STATE_KEY"]).encrypt(b"x")) == b"x"
    assert made["RAZORPAY_KEY_ID"].startswith("rzp_test_")
    assert min(len(value) for value in made.values()) >= 16


def test_a_real_provider_is_never_sent_a_key_that_was_made_up(tmp_path: Path) -> None:
    made = LocalSecrets.load(tmp_path / "secrets.json", has_data=False).for_children(with_sandbox=False)

    assert not set(OF_THE_PROVIDERS) & set(made)
    assert "JWT_SECRET" in made


def test_a_secret_of_a_later_version_is_added_to_those_that_stand(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text('{"JWT_SECRET": "stands"}')

    made = LocalSecrets.load(path, has_data=True)

    assert made["JWT_SECRET"] == "stands"
    assert made["POSTGRES_PASSWORD"]


@pytest.mark.parametrize("content", [None, '{"JWT_SECRET": '])
def test_fresh_keys_are_not_made_for_data_sealed_with_lost_ones(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "secrets.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(CannotStart, match="it holds the keys of the data beside it"):
        LocalSecrets.load(path, has_data=True)

    assert (path.read_text() if path.exists() else None) == content


def test_outside_local_nothing_is_made_up(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)

    with pytest.raises(CannotStart, match="set DATABASE_URL and REDIS_URL"):
        stores(read_configuration({"GREENROOM_ENV": "production"}, tmp_path), folder)

    given = {"GREENROOM_ENV": "production", "DATABASE_URL": "postgresql://there", "REDIS_URL": "redis://there"}
    found = stores(read_configuration(given, tmp_path), folder)
    assert found.embedded == {}
    assert "JWT_SECRET" not in found.env
    assert list(tmp_path.iterdir()) == []
