"""Envelope encryption: data keys seal the fields, master keys (the environment's) seal the data keys.

Data keys stand in the database, wrapped. Every process looks for new ones every few seconds, so that a rotation needs
no restart; a master key is changed by wrapping the few data keys anew.
"""

import base64
import secrets
import threading
import time
from datetime import datetime

import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, String, Text, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import Clock
from core.crypto import Keyring
from core.db import Base

log = structlog.get_logger(__name__)

REFRESH_SECONDS = 5.0
"""How long a process may go on sealing under a key that is no longer the newest."""
FIRST = "d1"


class DataKey(Base):
    """A key that seals fields, itself sealed under a master key. The newest seals, all open."""

    __tablename__ = "data_keys"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    wrapped: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    """Since when nothing is to be found that it sealed; the next rotation removes it."""


class EnvelopeKeyring(Keyring):
    """A keyring over the data keys of the database. Values sealed under a master key itself still open."""

    def __init__(self, master: Keyring, engine: Engine, clock: Clock) -> None:
        super().__init__(master.keys())
        self._master = master
        self._engine = engine
        self._clock = clock
        self._newest: str | None = None
        self._read_at = 0.0
        self._lock = threading.Lock()

    @property
    def primary(self) -> str:
        if self._newest is None or self._age > REFRESH_SECONDS:
            self.refresh()
        return self._newest or self._master.primary

    @property
    def is_due(self) -> bool:
        """Early enough that whoever looks, and has the keys read aside, does not wait for it when sealing."""
        return self._newest is None or self._age > REFRESH_SECONDS / 2

    @property
    def _age(self) -> float:
        return time.monotonic() - self._read_at

    def refresh(self) -> None:
        """Read the data keys, unless the database is down: then those that are known still seal.

        Raises: SQLAlchemyError where none is known.
        """
        try:
            self._read()
        except SQLAlchemyError as exc:
            if self._newest is None:
                raise
            self._read_at = time.monotonic()
            log.warning("data keys could not be read again", error=type(exc).__name__)

    def _read(self) -> None:
        """The first process ever makes the first one."""
        with self._lock, Session(self._engine) as session, session.begin():
            rows = self._rows(session)
            if not rows:
                statement = insert(DataKey).values(self._made(FIRST)).on_conflict_do_nothing()
                session.execute(statement)
                rows = self._rows(session)
            for row in rows:
                if row.id not in self._ciphers:
                    self._ciphers[row.id] = AESGCM(_unwrap(self._master, row))
            self._newest = rows[-1].id
            self._read_at = time.monotonic()

    def add(self) -> str:
        """Make a new data key and seal under it from now on. Returns its id."""
        with Session(self._engine) as session, session.begin():
            number = 1 + max((int(row.id[1:]) for row in self._rows(session)), default=0)
            session.add(DataKey(**self._made(f"d{number}")))
        self._read()
        return f"d{number}"

    def rewrap(self) -> int:
        """Seal every data key under the first master key. Returns how many were sealed under another."""
        with Session(self._engine) as session, session.begin():
            old = [row for row in self._rows(session) if not self._master.is_current(row.wrapped)]
            for row in old:
                row.wrapped = _wrap(self._master, row.id, _unwrap(self._master, row))
            return len(old)

    def retire(self, *, but: str) -> list[str]:
        """Remove data keys that the rotation before this one retired, and retire the others. Returns what went."""
        with Session(self._engine) as session, session.begin():
            gone = [row for row in self._rows(session) if row.retired_at is not None and row.id != but]
            for row in gone:
                session.delete(row)
            for row in self._rows(session):
                if row.id != but and row not in gone:
                    row.retired_at = self._clock()
            return [row.id for row in gone]

    def _cipher(self, key_id: str) -> AESGCM | None:
        if key_id not in self._ciphers:
            self._read()
        return self._ciphers.get(key_id)

    def _rows(self, session: Session) -> list[DataKey]:
        return sorted(session.scalars(select(DataKey)), key=lambda row: int(row.id[1:]))

    def _made(self, key_id: str) -> dict[str, object]:
        wrapped = _wrap(self._master, key_id, secrets.token_bytes(32))
        return {"id": key_id, "wrapped": wrapped, "created_at": self._clock()}


def _wrap(master: Keyring, key_id: str, key: bytes) -> str:
    return master.seal(base64.b64encode(key).decode(), bound_to=f"{DataKey.__tablename__}.wrapped:{key_id}")


def _unwrap(master: Keyring, row: DataKey) -> bytes:
    return base64.b64decode(master.open(row.wrapped, bound_to=f"{DataKey.__tablename__}.wrapped:{row.id}"))
