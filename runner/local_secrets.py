"""Secrets of a local installation: made at the first start, kept beside the data, overruled by the environment."""

import base64
import json
import os
import secrets
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.fernet import Fernet

from runner.processes import CannotStart

_LEGIBLE = "23456789abcdefghjkmnpqrstuvwxyz"


def _random() -> str:
    return secrets.token_urlsafe(32)


def _demo_password() -> str:
    """Easy to type off a terminal, and long and mixed enough for the product's own rules."""
    groups = ["".join(secrets.choice(_LEGIBLE) for _ in range(4)) for _ in range(3)]
    return f"Demo-{'-'.join(groups)}-{secrets.randbelow(90) + 10}"


OF_THE_PRODUCT: Mapping[str, Callable[[], str]] = {
    "JWT_SECRET": _random,
    "ENCRYPTION_KEYS": lambda: f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
    "STREAMLIT_SERVER_COOKIE_SECRET": _random,
    "GREENROOM_DEMO_PASSWORD": _demo_password,
}
OF_THE_PROVIDERS: Mapping[str, Callable[[], str]] = {
    "GEMINI_API_KEY": _random,
    "VAPI_PRIVATE_KEY": lambda: str(uuid.uuid4()),
    "VAPI_PUBLIC_KEY": lambda: str(uuid.uuid4()),
    "VAPI_WEBHOOK_SECRET": _random,
    "RAZORPAY_KEY_ID": lambda: f"rzp_test_{secrets.token_hex(7)}",
    "RAZORPAY_KEY_SECRET": _random,
    "RAZORPAY_WEBHOOK_SECRET": _random,
    "SANDBOX_STATE_KEY": lambda: Fernet.generate_key().decode(),
}
OF_THE_STORES: Mapping[str, Callable[[], str]] = {"POSTGRES_PASSWORD": _random, "VALKEY_PASSWORD": _random}


class LocalSecrets:
    """The secrets kept in one file that only its owner reads."""

    def __init__(self, kept: Mapping[str, str]) -> None:
        self._kept = kept

    @classmethod
    def load(cls, path: Path, *, has_data: bool) -> "LocalSecrets":
        """Read the file and make what it lacks. Safe to repeat and to be killed in.

        Raises: CannotStart when the file is gone or broken but `has_data` says that there is something sealed with
        what it held: fresh keys would not open it.
        """
        try:
            kept: dict[str, str] = json.loads(path.read_text())
        except FileNotFoundError:
            if has_data:
                raise CannotStart(_lost(path, "is missing")) from None
            kept = {}
        except ValueError as exc:
            raise CannotStart(_lost(path, "cannot be read")) from exc
        makers = {**OF_THE_PRODUCT, **OF_THE_PROVIDERS, **OF_THE_STORES}
        missing = {name: make() for name, make in makers.items() if name not in kept}
        if missing:
            kept |= missing
            _write(path, kept)
        return cls(kept)

    def for_children(self, *, with_sandbox: bool) -> dict[str, str]:
        """What the product reads. A made-up key is no key of a real provider, so those go out with the sandbox only."""
        names = [*OF_THE_PRODUCT, *(OF_THE_PROVIDERS if with_sandbox else ())]
        return {name: self._kept[name] for name in names}

    def __getitem__(self, name: str) -> str:
        return self._kept[name]


def _lost(path: Path, what: str) -> str:
    return (
        f"{path} {what}; it holds the keys of the data beside it. Put it back, or remove {path.parent} to begin anew."
    )


def _write(path: Path, kept: Mapping[str, str]) -> None:
    half = path.with_suffix(".half")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(kept, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    half.replace(path)
