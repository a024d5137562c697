"""What people said is kept under AES-256-GCM, bound to the row it stands in.

A sealed value is `g1.<key id>.<base64 of nonce + ciphertext>`. The associated data names table, column and row, so a
value copied to another row does not open. Keys are rotated by putting a new one first: old values stay readable.
"""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_MARK = "g1"
_NONCE_BYTES = 12


class CannotOpen(ValueError):
    """A sealed value was changed, moved to another row, or its key is gone."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"sealed value does not open: {reason}")


class Keyring:
    """The encryption keys by id; the first seals, all open."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ValueError("an encryption key is needed")
        self._keys = dict(keys)
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}

    @property
    def primary(self) -> str:
        """The id of the key that seals."""
        return next(iter(self._keys))

    @property
    def is_due(self) -> bool:
        """Whether `refresh` should be called before the next value is sealed."""
        return False

    def refresh(self) -> None:
        """Look for newer keys, where there may be any. May wait for a database."""

    def keys(self) -> Mapping[str, bytes]:
        return self._keys

    def _cipher(self, key_id: str) -> AESGCM | None:
        return self._ciphers.get(key_id)

    @classmethod
    def parse(cls, text: str) -> "Keyring":
        """Read `id:base64,id:base64`; each key is 32 bytes, the first is the primary.

        Raises: ValueError where a key is malformed, short or named twice.
        """
        keys: dict[str, bytes] = {}
        for part in filter(None, (p.strip() for p in text.split(","))):
            key_id, _, encoded = part.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except binascii.Error as exc:
                raise ValueError(f"encryption key {key_id!r} is not base64") from exc
            if len(key) != 32 or not key_id or "." in key_id or key_id in keys:
                raise ValueError(f"encryption key {key_id!r} needs an id of its own and 32 bytes")
            keys[key_id] = key
        return cls(keys)

    def seal_bytes(self, data: bytes, *, bound_to: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        key_id = self.primary
        body = nonce + self._ciphers[key_id].encrypt(nonce, data, bound_to.encode())
        return f"{_MARK}.{key_id}.".encode() + body

    def open_bytes(self, sealed: bytes, *, bound_to: str) -> bytes:
        """Raises: CannotOpen."""
        parts = sealed.split(b".", 2)
        if len(parts) != 3 or parts[0] != _MARK.encode():
            raise CannotOpen("not a sealed value")
        cipher = self._cipher(parts[1].decode())
        if cipher is None:
            raise CannotOpen(f"no key {parts[1].decode()!r}")
        try:
            return cipher.decrypt(parts[2][:_NONCE_BYTES], parts[2][_NONCE_BYTES:], bound_to.encode())
        except InvalidTag as exc:
            raise CannotOpen("changed or moved") from exc

    def seal(self, text: str, *, bound_to: str) -> str:
        mark, key_id, body = self.seal_bytes(text.encode(), bound_to=bound_to).split(b".", 2)
        return f"{mark.decode()}.{key_id.decode()}.{base64.b64encode(body).decode()}"

    def open(self, sealed: str, *, bound_to: str) -> str:
        """Raises: CannotOpen."""
        mark, _, rest = sealed.partition(".")
        key_id, _, encoded = rest.partition(".")
        raw = f"{mark}.{key_id}.".encode() + base64.b64decode(encoded)
        return self.open_bytes(raw, bound_to=bound_to).decode()

    def is_current(self, sealed: str) -> bool:
        """Whether the value was sealed under the primary key (what rotation looks for)."""
        return sealed.startswith(f"{_MARK}.{self.primary}.")

    def seal_json(self, value: Any, *, bound_to: str) -> dict[str, str]:
        """A jsonb column's form of a sealed value."""
        return {"sealed": self.seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")), bound_to=bound_to)}

    def open_json(self, envelope: Mapping[str, str], *, bound_to: str) -> Any:
        return json.loads(self.open(envelope["sealed"], bound_to=bound_to))

    def seal_all(self, texts: Sequence[str], *, bound_to: str) -> list[str]:
        """A text[] column's form: each element is bound to its place as well."""
        return [self.seal(text, bound_to=f"{bound_to}:{place}") for place, text in enumerate(texts)]

    def open_all(self, sealed: Sequence[str], *, bound_to: str) -> list[str]:
        return [self.open(text, bound_to=f"{bound_to}:{place}") for place, text in enumerate(sealed)]
