"""A cache in Redis that may be lost at any time. Values are sealed: what people said is nobody's to read there.

Stampedes are held off by a lock in Redis. While Redis is down everything is computed anew, and Redis is asked again
only after a pause: slower, not broken.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import structlog
from redis.lock import Lock

from core.crypto import CannotOpen, Keyring
from core.redis_clients import AWAY, connect

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 0.3
REST_SECONDS = 5.0
LOCK_SECONDS = 10.0
PREFIX = "greenroom:cache:"


class Cache:
    """JSON values under string keys, each with a lifetime in seconds."""

    def __init__(self, redis_url: str, ring: Keyring) -> None:
        self._ring = ring
        self._url = redis_url
        self._client: Any = None
        self._resting_until = 0.0

    def get_or_create(self, key: str, create: Callable[[], Any], *, ttl_seconds: int) -> Any:
        """The cached value, or what `create` gives; only one process computes it at a time, the others wait for it."""
        found = self.get(key)
        if found is not None:
            return found
        lock = self._lock(key)
        try:
            found = self.get(key) if lock else None
            if found is None:
                found = create()
                self.set(key, found, ttl_seconds=ttl_seconds)
            return found
        finally:
            if lock:
                self._use(lambda _: lock.release())

    def get(self, key: str) -> Any:
        return self.lookup(key)[1]

    def lookup(self, key: str) -> tuple[bool, Any]:
        """Whether Redis could be asked, and the value, None where there is none."""
        found = self._use(lambda client: (client.get(PREFIX + key),))
        if found is None or not isinstance(found[0], bytes):
            return found is not None, None
        try:
            return True, json.loads(self._ring.open_bytes(found[0], bound_to=f"cache:{key}"))
        except (CannotOpen, ValueError):
            return True, None

    def set(self, key: str, value: Any, *, ttl_seconds: int) -> None:
        sealed = self._ring.seal_bytes(json.dumps(value).encode(), bound_to=f"cache:{key}")
        self._use(lambda client: client.set(PREFIX + key, sealed, ex=ttl_seconds))

    def delete(self, *keys: str) -> None:
        for key in keys:
            self._use(lambda client, key=key: client.delete(PREFIX + key))  # type: ignore[misc]  # bound per turn

    def count(self, key: str, what: str, *, keep_seconds: int) -> None:
        """Add one to a counter of a group that is forgotten after a while. Names only: counters are not sealed."""

        def add(client: Any) -> None:
            client.hincrby(PREFIX + key, what, 1)
            client.expire(PREFIX + key, keep_seconds)

        self._use(add)

    def counts(self, key: str) -> dict[str, int]:
        """Every counter of a group; none while Redis is not to be had."""
        found = self._use(lambda client: client.hgetall(PREFIX + key)) or {}
        return {name.decode(): int(value) for name, value in found.items()}

    def is_up(self) -> bool:
        return bool(self._use(lambda client: client.ping()))

    def _lock(self, key: str) -> Lock | None:
        def take(client: Any) -> Lock | None:
            lock: Lock = client.lock(f"{PREFIX}lock:{key}", timeout=LOCK_SECONDS, blocking_timeout=LOCK_SECONDS)
            return lock if lock.acquire() else None

        taken = self._use(take)
        return taken if isinstance(taken, Lock) else None

    def _use(self, action: Callable[[Any], Any]) -> Any:
        """The action's result, None while Redis is not to be had."""
        if time.monotonic() < self._resting_until:
            return None
        try:
            if self._client is None:
                self._client = connect(self._url, timeout=TIMEOUT_SECONDS)
            return action(self._client)
        except AWAY as exc:
            self._resting_until = time.monotonic() + REST_SECONDS
            log.warning("cache is not to be had", error=type(exc).__name__)
            return None
