"""Sealed values open in their own row alone, under any key of the ring, and not once a bit was changed."""

import base64
import secrets

import pytest

from core.crypto import CannotOpen, Keyring


def key_text(name: str) -> str:
    return f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


@pytest.fixture
def ring() -> Keyring:
    return Keyring.parse(key_text("k1"))


def test_what_was_sealed_opens_in_its_place(ring: Keyring):
    sealed = ring.seal("सच — and more", bound_to="t.c:1")
    assert "more" not in sealed
    assert ring.open(sealed, bound_to="t.c:1") == "सच — and more"


def test_in_another_row_it_does_not_open(ring: Keyring):
    with pytest.raises(CannotOpen):
        ring.open(ring.seal("mine", bound_to="t.c:1"), bound_to="t.c:2")


def test_a_changed_bit_is_noticed(ring: Keyring):
    sealed = bytearray(ring.seal_bytes(b"mine", bound_to="t.c:1"))
    sealed[-1] ^= 1
    with pytest.raises(CannotOpen):
        ring.open_bytes(bytes(sealed), bound_to="t.c:1")


def test_after_a_rotation_old_values_open_and_new_ones_use_the_new_key():
    old, new = key_text("k1"), key_text("k2")
    sealed = Keyring.parse(old).seal("mine", bound_to="t.c:1")
    rotated = Keyring.parse(f"{new},{old}")
    assert rotated.open(sealed, bound_to="t.c:1") == "mine"
    assert not rotated.is_current(sealed)
    assert rotated.is_current(rotated.seal("mine", bound_to="t.c:1"))


def test_elements_of_a_list_are_bound_to_their_places(ring: Keyring):
    sealed = ring.seal_all(["a", "b"], bound_to="t.c:1")
    assert ring.open_all(sealed, bound_to="t.c:1") == ["a", "b"]
    with pytest.raises(CannotOpen):
        ring.open_all(sealed[::-1], bound_to="t.c:1")


TWICE = ",".join([f"k1:{base64.b64encode(bytes(32)).decode()}"] * 2)


@pytest.mark.parametrize("text", ["", "k1:notbase64", "k1:c2hvcnQ=", TWICE, ":x"])
def test_a_ring_that_is_none_is_refused(text: str):
    with pytest.raises(ValueError, match="key"):
        Keyring.parse(text)
