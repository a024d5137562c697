"""The engine, the declarative base and the unit of work: one transaction per user action, opened at the edge."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Concatenate, LiteralString, ParamSpec, TypeAlias, TypeVar

import structlog
from psycopg import AsyncConnection
from sqlalchemy import (
    DateTime,
    Engine,
    Enum,
    MetaData,
    NullPool,
    Select,
    String,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.orm.properties import MappedColumn

from core import acting
from core.accounts.types import Actor
from core.clock import Clock
from core.jobs import enqueue
from core.replicas import EVERYTHING, PLACE_ON_PRIMARY, Replicas

log = structlog.get_logger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
Count: TypeAlias = Select[int]
"""A query that counts, for several to be asked in one statement."""

_AFTER = "after_commit"
_TOLD = "told"
_CONNECT: dict[str, Any] = {
    "connect_timeout": 5,
    # A server that is gone without a word is noticed in seconds; by itself the system waits a quarter of an hour.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "prepare_threshold": None,
    "application_name": "greenroom",
    "options": "-c timezone=UTC -c statement_timeout=15000 -c idle_in_transaction_session_timeout=30000",
}
_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_CONVENTION)
    type_annotation_map = {datetime: DateTime(timezone=True), str: String}  # noqa: RUF012


def word_of(kind: type[StrEnum], length: int = 20) -> Enum:
    """A column that holds a word of `kind`, read back as that kind; which words are allowed is a named constraint."""
    return Enum(
        kind, native_enum=False, create_constraint=False, length=length, values_callable=lambda words: list(words)
    )


def primary_id() -> MappedColumn[str]:
    return mapped_column(String(40), primary_key=True)


def connect(url: str, *, pool_size: int) -> Engine:
    """An engine whose connections are checked before use, so that a restarted server costs a retry, not an error.

    Prepared statements stay off: a pooler in transaction mode hands each transaction another connection.
    """
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=10,
        connect_args=_CONNECT,
    )


def connect_unpooled(url: str) -> Engine:
    """An engine that keeps no connection: for what is asked rarely, and must not wait for the pool."""
    return create_engine(url, poolclass=NullPool, connect_args=_CONNECT)


class LoopConnection:
    """One connection of an event loop, for one statement at a time, each of which is a transaction. It is made when it
    is first needed, and anew once it broke.

    It is the driver's own: what an engine does around a statement costs the loop more than the statement.
    """

    def __init__(self, url: str) -> None:
        address = make_url(url)
        _, self._arguments = address.get_dialect()().create_connect_args(address)
        self._connection: AsyncConnection | None = None

    @property
    def is_broken(self) -> bool:
        """Whether the next statement has another connection."""
        return self._connection is None or self._connection.closed

    async def execute(self, statement: LiteralString, values: Mapping[str, Any]) -> None:
        """Raises: psycopg.Error."""
        if self._connection is None or self._connection.closed:
            self._connection = await AsyncConnection.connect(**self._arguments, **_CONNECT, autocommit=True)
        await self._connection.execute(statement, values)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()


@dataclass(frozen=True)
class Uow:
    """One transaction: the session, the time it runs at, and jobs that start only if it commits."""

    session: Session
    now: datetime

    def enqueue(self, job: str, /, *, after_seconds: float = 0, **ids: Any) -> None:
        """Queue a job on this transaction's own connection: it is kept or lost with everything else here."""
        self.session.flush()
        _note_statement("INSERT")
        connection = self.session.connection().connection.driver_connection
        enqueue(connection, job, after_seconds=after_seconds, ids=ids)

    def allow(self, longest: timedelta) -> None:
        """Let each statement of this transaction, from here on, take longer than the engine lets others."""
        milliseconds = str(int(longest.total_seconds() * 1000))
        self.session.execute(select(func.set_config("statement_timeout", milliseconds, True)))

    def after_commit(self, then: Callable[[], None]) -> None:
        """Do something that belongs to no database, such as counting, once this is committed and only then."""
        self.session.info.setdefault(_AFTER, []).append(then)

    def tell(self, user_id: str) -> None:
        """Have a person's open pages look again once this is committed."""
        self.session.info.setdefault(_TOLD, set()).add(user_id)


class Transactions:
    """Opens units of work on the primary, and reads that may lag on a replica where there is a fit one."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        replicas: Replicas | None = None,
        *,
        tell: Callable[[str], None] = lambda _user_id: None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._replicas = replicas
        self._tell = tell
        if replicas:
            event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: _note_statement(statement))

    @contextmanager
    def __call__(self) -> Iterator[Uow]:
        """Commit when the block ends, roll back when it raises."""
        with Session(self._engine, expire_on_commit=False) as session:
            with session.begin():
                yield Uow(session, self._clock())
            for then in session.info.pop(_AFTER, ()):
                then()
            for user_id in session.info.pop(_TOLD, ()):
                self._tell(user_id)
            if self._replicas:
                self._note_write(session, self._replicas)

    def look(self, verb: Callable[Concatenate[Uow, Actor, P], T], actor: Actor, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a verb that only reads, and may show what was true some seconds ago; never less than what the person
        has written. A replica that fails costs a second try on the primary. Raises what the verb raises.
        """
        engine = self._replicas.for_reader(actor.user_id) if self._replicas else self._engine
        if engine is not self._engine and self._replicas:
            try:
                return self._read(engine, verb, actor, *args, **kwargs)
            except DBAPIError as exc:
                log.warning("a read went from a replica to the primary", error=type(exc).__name__)
                self._replicas.leave_out(engine)
        return self._read(self._engine, verb, actor, *args, **kwargs)

    def close(self) -> None:
        """Stop watching the replicas, and let go of them."""
        if self._replicas is not None:
            self._replicas.close()

    def _read(
        self,
        engine: Engine,
        verb: Callable[Concatenate[Uow, Actor, P], T],
        actor: Actor,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            return verb(Uow(session, self._clock()), actor, *args, **kwargs)

    def _note_write(self, session: Session, replicas: Replicas) -> None:
        """The write is committed: whatever goes wrong here costs the person the replicas, not their write."""
        holder = acting.present()
        if holder is None or not holder.wrote or holder.user_id is None:
            return
        holder.wrote = False
        try:
            place = session.execute(PLACE_ON_PRIMARY).scalar_one()
        except SQLAlchemyError:
            place = EVERYTHING
        replicas.note_write(holder.user_id, place)


def _note_statement(statement: str) -> None:
    holder = acting.present()
    if holder is not None and not statement.lstrip().upper().startswith("SELECT"):
        holder.wrote = True
