"""What the stand-in remembers. Objects outlive a restart, encrypted: nothing that was said stands in plain on disk."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from cryptography.fernet import Fernet
from pydantic import BaseModel

Record = TypeVar("Record", bound=BaseModel)


class Vault:
    """Sealed records by kind and id in one SQLite file, or nothing at all when no file is given."""

    def __init__(self, path: Path | None = None, key: str | None = None) -> None:
        self._database: sqlite3.Connection | None = None
        if path is None or key is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        self._cipher = Fernet(key.encode())
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS records "
            "(place INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (kind, id))"
        )

    def load(self, kind: str) -> list[tuple[str, bytes]]:
        """All records of a kind in the order in which they were first put. Raises InvalidToken for another key."""
        if self._database is None:
            return []
        rows = self._database.execute("SELECT id, body FROM records WHERE kind = ? ORDER BY place", (kind,))
        return [(name, self._cipher.decrypt(body)) for name, body in rows]

    def put(self, kind: str, name: str, body: Callable[[], str]) -> None:
        if self._database is not None:
            self._database.execute(
                "INSERT INTO records (kind, id, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
                (kind, name, self._cipher.encrypt(body().encode())),
            )

    def remove(self, kind: str, name: str) -> None:
        if self._database is not None:
            self._database.execute("DELETE FROM records WHERE kind = ? AND id = ?", (kind, name))

    def clear(self, kind: str) -> None:
        if self._database is not None:
            self._database.execute("DELETE FROM records WHERE kind = ?", (kind,))

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None


class Table(Generic[Record]):
    """Records of one kind, in memory, written through to the vault. What was changed in place is put again."""

    def __init__(self, vault: Vault, kind: str, model: type[Record]) -> None:
        self._vault, self._kind = vault, kind
        self._records = {name: model.model_validate_json(body) for name, body in vault.load(kind)}

    def put(self, name: str, record: Record) -> Record:
        self._records[name] = record
        self._vault.put(self._kind, name, record.model_dump_json)
        return record

    def find(self, name: str) -> Record | None:
        return self._records.get(name)

    def remove(self, name: str) -> None:
        self._records.pop(name, None)
        self._vault.remove(self._kind, name)

    def all(self) -> list[Record]:
        return list(self._records.values())

    def clear(self) -> None:
        self._records.clear()
        self._vault.clear(self._kind)
