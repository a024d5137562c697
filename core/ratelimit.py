"""How often somebody may do something. Counted in Redis by `limits`; while Redis is down, in this process.

A single server, sentinels or a cluster: `redis://`, `rediss://`, `redis+sentinel://host:port/name`,
`redis+cluster://host:port,host:port`.
"""

import ipaddress
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, cast

import structlog
from limits import RateLimitItem, parse
from limits.errors import ConfigurationError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter, RateLimiter, SlidingWindowCounterRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.errors import TooManyRequests
from core.metrics import LOCAL_RATES, RATE_REFUSALS
from core.redis_clients import AWAY

log = structlog.get_logger(__name__)

LIMITS = {
    "address": "1200/minute",
    "webhooks": "600/minute",
    "login": "10/5minutes",
    "login_address": "60/5minutes",
    "register_address": "20/hour",
    "refresh": "30/minute",
    "reset": "5/hour",
    "reset_address": "30/hour",
    "second_factor": "10/10minutes",
    "setup": "20/hour",
    "start": "30/10minutes",
    "answers": "60/minute",
    "retries": "30/hour",
    "uploads": "60/10minutes",
    "sample": "20/hour",
    "shared": "60/minute",
    "export": "10/hour",
    "payments": "30/10minutes",
    "api": "300/minute",
    "read": "120/minute",
    "write": "60/minute",
}
"""`address` holds for all calls of one address (a whole class may sit behind one), `webhooks` for messages
of no provider, `api` for all calls of one person, `read` and `write` for each single operation of one person."""
REST_SECONDS = 5.0
EXACT_UP_TO = 100
"""Limits up to here are counted exactly, call by call; larger ones by a sliding counter, which costs the same however
large the limit is."""
AT_HAND_SECONDS = 0.1
"""How long a caller that is far from its limit is counted here before Redis is asked again: asking costs more than
most answers do."""
AT_HAND = 10_000
TIMEOUTS = {"socket_timeout": 0.3, "socket_connect_timeout": 0.3}


def normal_address(host: str) -> str:
    """Whom an address stands for: of IPv6 the network of 64 bits, which is what one subscriber is given."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


@dataclass(frozen=True)
class RateState:
    limit: int
    remaining: int
    reset_seconds: int
    window_seconds: int


_seen: ContextVar[list[RateState] | None] = ContextVar("seen_rates", default=None)


@contextmanager
def observed() -> Iterator[list[RateState]]:
    """Collect every rate that is looked at within the block, in threads it starts with its context as well."""
    states: list[RateState] = []
    token = _seen.set(states)
    try:
        yield states
    finally:
        _seen.reset(token)


@dataclass
class _AtHand:
    """What Redis said last, until when it is good enough, and how many were counted here since."""

    state: RateState
    until: float
    untold: int = 0
    is_refused: bool = False


class _Counters:
    """Both ways to count over one storage."""

    def __init__(self, storage: Storage) -> None:
        self._exact = MovingWindowRateLimiter(storage)
        self._cheap = SlidingWindowCounterRateLimiter(storage)

    def of(self, item: RateLimitItem) -> RateLimiter:
        return self._exact if item.amount <= EXACT_UP_TO else self._cheap


class RateLimits:
    """`scale` multiplies every limit (load tests)."""

    def __init__(self, redis_url: str, *, scale: float = 1.0) -> None:
        self._items = {name: _scaled(parse(text), scale) for name, text in LIMITS.items()}
        self._url = redis_url
        self._shared: _Counters | None = None
        self._local = _Counters(MemoryStorage())
        self._resting_until = 0.0
        self._at_hand: dict[tuple[str, ...], _AtHand] = {}
        self._lock = threading.Lock()

    def hit_at_hand(self, action: str, *who: str) -> RateState | None:
        """Count one without asking Redis, where Redis said a moment ago that there is plenty left.

        None where it must be asked: then nothing is counted. What is counted here is told with the next `hit`, so that
        nothing is counted twice or not at all; several processes together may overshoot by what comes in a moment.
        Raises: TooManyRequests where Redis refused one a moment ago.
        """
        now = time.monotonic()
        with self._lock:
            known = self._at_hand.get((action, *who))
            if known is not None and known.is_refused and now < known.until:
                raise _refused(action, known.state)
            if known is None or now >= known.until or known.state.remaining - known.untold <= known.state.limit // 10:
                return None
            known.untold += 1
            state = replace(known.state, remaining=known.state.remaining - known.untold)
        _note(state)
        return state

    def hit(self, action: str, *who: str) -> RateState:
        """Count one. Raises: TooManyRequests with the seconds until the next is allowed."""
        if self._items[action].amount <= EXACT_UP_TO:
            return self._count(action, who, cost=1)
        key = (action, *who)
        untold = self._take_untold(key)
        try:
            state = self._count(action, who, cost=1 + untold)
        except TooManyRequests as exc:
            nothing_left = RateState(exc.limit, 0, exc.retry_after_seconds, self._items[action].get_expiry())
            self._keep_at_hand(key, nothing_left, is_refused=True)
            raise
        self._keep_at_hand(key, state)
        return state

    def _keep_at_hand(self, key: tuple[str, ...], state: RateState, *, is_refused: bool = False) -> None:
        with self._lock:
            since = self._at_hand.get(key)
            if len(self._at_hand) >= AT_HAND:
                self._at_hand.clear()
            until, untold = time.monotonic() + AT_HAND_SECONDS, since.untold if since else 0
            self._at_hand[key] = _AtHand(state, until, untold, is_refused)

    def _take_untold(self, key: tuple[str, ...]) -> int:
        """What Redis is to be told now. While it is asked, the others go on with what is known."""
        with self._lock:
            known = self._at_hand.get(key)
            if known is None:
                return 0
            untold, known.untold = known.untold, 0
            known.until = time.monotonic() + AT_HAND_SECONDS
            known.state = replace(known.state, remaining=max(0, known.state.remaining - untold - 1))
            return untold

    def check(self, action: str, *who: str) -> RateState:
        """Look without counting. Raises: TooManyRequests."""
        return self._count(action, who, cost=0)

    def forgive(self, action: str, *who: str) -> None:
        """Forget what was counted, wherever it was."""
        item, key = self._items[action], (action, *who)
        self._local.of(item).clear(item, *key)
        if time.monotonic() >= self._resting_until:
            with self._redis_or_rest():
                self._in_redis().of(item).clear(item, *key)

    def _count(self, action: str, who: tuple[str, ...], *, cost: int) -> RateState:
        item = self._items[action]
        if time.monotonic() >= self._resting_until:
            with self._redis_or_rest():
                return _decide(self._in_redis().of(item), item, (action, *who), cost)
        return _decide(self._local.of(item), item, (action, *who), cost)

    @contextmanager
    def _redis_or_rest(self) -> Iterator[None]:
        """Ask Redis. Where it does not answer it is left in peace for a while, and the block ends there."""
        try:
            yield
        except (*AWAY, ConfigurationError) as exc:
            self._resting_until = time.monotonic() + REST_SECONDS
            LOCAL_RATES.inc()
            log.warning("rates are counted locally", error=type(exc).__name__)

    def _in_redis(self) -> _Counters:
        if self._shared is None:
            # A try that fails is not repeated by the client: somebody is waiting, and the local count is at hand.
            options: dict[str, Any] = {**TIMEOUTS, "retry": Retry(NoBackoff(), 0)}
            if self._url.startswith("redis+sentinel://"):
                # A replica would tell how much is left as of some moments ago.
                options |= {"sentinel_kwargs": TIMEOUTS, "use_replicas": False}
            self._shared = _Counters(cast("Storage", storage_from_string(self._url, **options)))
        return self._shared


def _decide(limiter: RateLimiter, item: RateLimitItem, who: tuple[str, ...], cost: int) -> RateState:
    allowed = limiter.hit(item, *who, cost=cost) if cost else limiter.test(item, *who)
    stats = limiter.get_window_stats(item, *who)
    reset = max(1, round(stats.reset_time - time.time()))
    state = RateState(item.amount, stats.remaining if allowed else 0, reset, item.get_expiry())
    if not allowed:
        raise _refused(who[0], state)
    _note(state)
    return state


def _refused(action: str, state: RateState) -> TooManyRequests:
    _note(state)
    RATE_REFUSALS.labels(action).inc()
    return TooManyRequests(limit=state.limit, retry_after_seconds=state.reset_seconds)


def _note(state: RateState) -> None:
    seen = _seen.get()
    if seen is not None:
        seen.append(state)


def _scaled(item: RateLimitItem, scale: float) -> RateLimitItem:
    return type(item)(max(1, round(item.amount * scale)), item.multiples)
