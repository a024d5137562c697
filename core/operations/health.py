"""How the providers do, as every process of ours has seen it over the last minutes: counts in Redis."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core.cache import Cache

MINUTES = 15
KEEP_SECONDS = 3600
PROVIDERS = ("vapi", "razorpay", "gemini", "ses", "sns")
DOWN_FROM, STRUGGLING_FROM = 0.5, 0.05
"""Share of calls that failed by the provider's fault."""
OURS = frozenset(("ok", "not_found"))
State = Literal["quiet", "ok", "struggling", "down"]


@dataclass(frozen=True)
class ProviderHealth:
    provider: str
    state: State
    calls: int
    failed: int
    outcomes: dict[str, int]
    """Failures by code."""


class HealthBoard:
    """Counts outcomes by provider and minute. While Redis is down nothing is counted, and nothing breaks."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def note(self, provider: str, outcome: str, now: datetime) -> None:
        self._cache.count(_key(provider, now), outcome, keep_seconds=KEEP_SECONDS)

    def read(self, now: datetime) -> list[ProviderHealth]:
        return [self._read(provider, now) for provider in PROVIDERS]

    def _read(self, provider: str, now: datetime) -> ProviderHealth:
        outcomes: Counter[str] = Counter()
        for minute in range(MINUTES):
            outcomes.update(self._cache.counts(_key(provider, now - timedelta(minutes=minute))))
        failures = {code: count for code, count in outcomes.items() if code not in OURS}
        calls, failed = outcomes.total(), sum(failures.values())
        return ProviderHealth(provider, _state(calls, failed), calls, failed, failures)


def _state(calls: int, failed: int) -> State:
    if not calls:
        return "quiet"
    share = failed / calls
    return "down" if share >= DOWN_FROM else "struggling" if share >= STRUGGLING_FROM else "ok"


def _key(provider: str, at: datetime) -> str:
    return f"health:{provider}:{at:%Y%m%d%H%M}"
