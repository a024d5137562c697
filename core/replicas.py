"""Which database a read that may lag goes to.

A person who has just written reads the primary until a replica holds what they wrote, on whatever node they are next:
the place of their last write in the log is kept in Redis. While Redis cannot be asked, they read the primary. A replica
that is down, or lags further than allowed, is left out.
"""

import random
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from core.cache import Cache

log = structlog.get_logger(__name__)

LAG = Gauge("greenroom_replica_lag_seconds", "How far a replica was behind when last asked; -1 when down", ["replica"])
READS = Counter("greenroom_reads", "Reads that may lag, by where they went", ["where"])

WATCH_SECONDS = 1.0
KEEP_MARK_SECONDS = 120
"""Longer than a replica may lag: by the time a mark is forgotten, every replica in use holds the write."""
EVERYTHING = 2**63 - 1
"""The mark of a write whose place is not known: no replica holds it."""
SAMPLES = 600
CLOSING_SECONDS = 5.0
"""How long a look that is under way when it all ends is waited for."""

PLACE_ON_PRIMARY = text("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
PLACE_ON_REPLICA = text(
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint END"
)


@dataclass
class _Replica:
    name: str
    engine: Engine
    place: int = -1
    """How much of the log it was seen to hold; -1 while it is left out."""


class Replicas:
    """Watches the replicas from a thread of its own, which starts with the first read; nobody waits for a dead one."""

    def __init__(
        self, primary: Engine, replicas: Sequence[Engine], cache: Cache, *, watcher: Engine, max_lag_seconds: float
    ) -> None:
        self._primary = primary
        self._watcher = watcher
        self._replicas = [_Replica(f"replica-{number}", engine) for number, engine in enumerate(replicas, 1)]
        self._cache = cache
        self._max_lag = max_lag_seconds
        self._written: deque[tuple[float, int]] = deque(maxlen=SAMPLES)
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def __bool__(self) -> bool:
        return bool(self._replicas)

    def for_reader(self, user_id: str) -> Engine:
        """A replica that holds everything this person has written, else the primary."""
        if not self._replicas:
            return self._primary
        self._watch()
        answered, mark = self._cache.lookup(_key(user_id))
        needed = int(mark or 0) if answered else EVERYTHING
        fit = [replica for replica in self._replicas if replica.place >= max(needed, 0)]
        READS.labels("replica" if fit else "primary").inc()
        return random.choice(fit).engine if fit else self._primary  # noqa: S311  spreads load, keeps no secret

    def note_write(self, user_id: str, place: int) -> None:
        """Remember how far the log had come when this person's write was committed."""
        self._cache.set(_key(user_id), place, ttl_seconds=KEEP_MARK_SECONDS)

    def leave_out(self, engine: Engine) -> None:
        """Send nobody to a replica that has just failed, until it is seen to answer again."""
        for replica in self._replicas:
            if replica.engine is engine:
                replica.place = -1

    def close(self) -> None:
        """Stop watching, and let go of every connection but the primary's."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join(CLOSING_SECONDS)
        for engine in (self._watcher, *(replica.engine for replica in self._replicas)):
            engine.dispose()

    def look(self) -> None:
        """Ask every server once how far it has come."""
        now = time.monotonic()
        try:
            with self._watcher.connect() as connection:
                self._written.append((now, connection.execute(PLACE_ON_PRIMARY).scalar_one()))
        except SQLAlchemyError as exc:
            # Nothing is written meanwhile; what a replica holds lags no further than it did.
            log.warning("the primary does not say how far it has come", error=type(exc).__name__)
        for replica in self._replicas:
            self._ask(replica, now)

    def _ask(self, replica: _Replica, now: float) -> None:
        try:
            with replica.engine.connect() as connection:
                place = connection.execute(PLACE_ON_REPLICA).scalar_one()
        except SQLAlchemyError as exc:
            log.warning("a replica is left out", replica=replica.name, error=type(exc).__name__)
            place = None
        lag = self._lag(place, now) if place is not None else None
        LAG.labels(replica.name).set(-1 if lag is None else lag)
        replica.place = place if place is not None and lag is not None and lag <= self._max_lag else -1

    def _lag(self, place: int, now: float) -> float | None:
        """Seconds since the primary was seen at a place this replica does not hold. None: it was never seen to."""
        if not self._written:
            return None
        missing = [at for at, written in self._written if written > place]
        return now - missing[0] if missing else 0.0

    def _watch(self) -> None:
        if self._thread is not None:
            return
        with self._start:
            if self._thread is None:
                self.look()
                self._thread = threading.Thread(target=self._run, name="replicas", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._closed.wait(WATCH_SECONDS):
            self.look()


def _key(user_id: str) -> str:
    return f"wrote:{user_id}"
