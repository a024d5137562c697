"""Model fields that are sealed at rest: assigned and read in plain, stored under the process's keyring.

The associated data is `table.column:row id`, so the row's id must be set before a sealed field is.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar, cast, overload

from core.crypto import Keyring

T = TypeVar("T")


class HasId(Protocol):
    id: Any


class NoKeyring(RuntimeError):
    def __init__(self) -> None:
        super().__init__("no keyring installed: build the application with core.wiring first")


class _Installed:
    keyring: Keyring | None = None


def install(keyring: Keyring) -> None:
    """Make this the process's keyring. Called once, by wiring (and again after a rotation)."""
    _Installed.keyring = keyring


def keyring() -> Keyring:
    if _Installed.keyring is None:
        raise NoKeyring
    return _Installed.keyring


class _Sealed(ABC, Generic[T]):
    """Descriptor over a mapped column named `<field>_sealed`, whose database name is the field's."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.column = f"{name}_sealed"
        self.name = name

    def _bound_to(self, row: Any) -> str:
        return f"{row.__tablename__}.{self.name}:{row.id}"

    @abstractmethod
    def _seal(self, value: T, bound_to: str) -> Any: ...

    @abstractmethod
    def _open(self, stored: Any, bound_to: str) -> T: ...

    @overload
    def __get__(self, row: None, owner: type) -> "_Sealed[T]": ...
    @overload
    def __get__(self, row: object, owner: type) -> T: ...
    def __get__(self, row: object | None, owner: type) -> "T | _Sealed[T]":
        if row is None:
            return self
        stored = getattr(row, self.column)
        return cast("T", None) if stored is None else self._open(stored, self._bound_to(row))

    def __set__(self, row: object, value: T) -> None:
        setattr(row, self.column, None if value is None else self._seal(value, self._bound_to(row)))


class SealedText(_Sealed[T]):
    """T is `str` or `str | None`."""

    def _seal(self, value: T, bound_to: str) -> Any:
        return keyring().seal(cast("str", value), bound_to=bound_to)

    def _open(self, stored: Any, bound_to: str) -> T:
        return cast("T", keyring().open(stored, bound_to=bound_to))


class SealedTexts(_Sealed[Sequence[str]]):
    def _seal(self, value: Sequence[str], bound_to: str) -> Any:
        return keyring().seal_all(value, bound_to=bound_to)

    def _open(self, stored: Any, bound_to: str) -> Sequence[str]:
        return keyring().open_all(stored, bound_to=bound_to)


class SealedJson(_Sealed[T]):
    """T is what json.loads gives back."""

    def _seal(self, value: T, bound_to: str) -> Any:
        return keyring().seal_json(value, bound_to=bound_to)

    def _open(self, stored: Any, bound_to: str) -> T:
        return cast("T", keyring().open_json(stored, bound_to=bound_to))


class SealedBytes(_Sealed[bytes]):
    def _seal(self, value: bytes, bound_to: str) -> Any:
        return keyring().seal_bytes(value, bound_to=bound_to)

    def _open(self, stored: Any, bound_to: str) -> bytes:
        return keyring().open_bytes(bytes(stored), bound_to=bound_to)


def sealed_fields(model: type) -> list[str]:
    """The names of a model's sealed fields."""
    return [name for name, value in vars(model).items() if isinstance(value, _Sealed)]
