"""The store of objects on disk and on a server that speaks S3: one contract."""

import base64
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from core.adapters.object_store import CloudStore
from core.crypto import CannotOpen, Keyring
from core.errors import NotFound

BUCKET = "greenroom"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def ring() -> Keyring:
    return Keyring.parse(f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}")


@pytest.fixture(params=["disk", "S3"])
def where(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str | None]:
    if request.param == "disk":
        return tmp_path.as_uri(), None
    endpoint: str = request.getfixturevalue("s3")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3", endpoint_url=endpoint)
    client.create_bucket(Bucket=BUCKET)
    client.close()
    return f"s3://{BUCKET}/{secrets.token_hex(4)}", endpoint


@pytest.fixture
def store(where: tuple[str, str | None], ring: Keyring) -> Iterator[CloudStore]:
    with closing(CloudStore(where[0], ring, s3_endpoint_url=where[1])) as made:
        yield made


def test_what_is_put_is_got_and_listed_under_its_prefix(store: CloudStore):
    store.put("recordings/int_1/call", b"said")
    store.put("recordings/int_2/call", b"else")
    assert store.get("recordings/int_1/call") == b"said"
    assert store.list("recordings/int_1") == ["recordings/int_1/call"]
    assert store.list("recordings") == ["recordings/int_1/call", "recordings/int_2/call"]
    store.put("recordings/int_1/call", b"said again")
    assert store.get("recordings/int_1/call") == b"said again"


def test_what_is_not_there_is_said_to_be_so(store: CloudStore):
    with pytest.raises(NotFound):
        store.get("recordings/int_9/call")
    assert store.list("recordings/int_9") == []
    assert store.delete_prefix("recordings/int_9") == 0


def test_erasing_one_interview_leaves_the_others(store: CloudStore):
    for name in ("int_1/a", "int_1/b", "int_2/a"):
        store.put(f"recordings/{name}", b"said")
    assert store.delete_prefix("recordings/int_1") == 2
    assert store.list("recordings") == ["recordings/int_2/a"]


def test_an_object_does_not_open_under_another_name(store: CloudStore, where: tuple[str, str | None], ring: Keyring):
    store.put("exports/mine", b"said")
    with pytest.raises(CannotOpen):
        ring.open_bytes(ring.seal_bytes(b"said", bound_to="object:exports/mine"), bound_to="object:exports/theirs")
    strangers = Keyring.parse(f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}")
    with closing(CloudStore(where[0], strangers, s3_endpoint_url=where[1])) as theirs, pytest.raises(CannotOpen):
        theirs.get("exports/mine")


def test_nothing_of_an_object_stays_on_the_node(store: CloudStore):
    folders = sorted(Path(tempfile.gettempdir()).glob("greenroom-objects-*"))
    store.put("recordings/int_1/call", b"said")
    assert store.get("recordings/int_1/call") == b"said"
    assert [path for folder in folders for path in folder.rglob("*") if path.is_file()] == []
