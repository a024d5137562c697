"""How every provider is called: bounded retries with jitter, a circuit breaker, figures for the operator.

Retries and breaker are stamina's and pybreaker's. Only a call that is safe to repeat, or carries an idempotency key,
is retried. While a breaker is open the call fails at once, so that a provider that is down costs nobody a timeout.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import pybreaker
import stamina
from opentelemetry.trace import SpanKind
from prometheus_client import Counter, Histogram

from core import tracing
from core.errors import AppError, ProviderDown

T = TypeVar("T")

CALLS = Counter("greenroom_provider_calls", "Calls of providers by outcome", ["provider", "operation", "outcome"])
SECONDS = Histogram("greenroom_provider_seconds", "Time a provider takes", ["provider", "operation"])

FAILURES_TO_OPEN = 8
OPEN_SECONDS = 5


Observer = Callable[[str, str], None]


class _Watching:
    observer: Observer | None = None


def observe_with(observer: Observer) -> None:
    """Have every outcome told, as (provider, outcome), beside the metrics. Called once, by wiring."""
    _Watching.observer = observer


class Guard:
    """One provider's breaker and retry budget. `down` is the port's error for "not this time"."""

    def __init__(self, provider: str, down: type[ProviderDown], *, budget_seconds: float = 20.0) -> None:
        self._provider = provider
        self._down = down
        self._budget = budget_seconds
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=FAILURES_TO_OPEN,
            reset_timeout=OPEN_SECONDS,
            exclude=[lambda exc: not isinstance(exc, ProviderDown)],
            name=provider,
        )

    @property
    def state(self) -> str:
        """closed, open or half-open."""
        return str(self._breaker.current_state)

    def call(self, operation: str, attempt: Callable[[], T], *, attempts: int = 1) -> T:
        """Run `attempt`, which maps its own errors to the port's. Raises: what the attempt raises, or `down`."""

        def once() -> T:
            started = time.monotonic()
            outcome = "ok"
            try:
                with tracing.span(f"{self._provider} {operation}", SpanKind.CLIENT):
                    return self._through_breaker(attempt)
            except pybreaker.CircuitBreakerError as exc:
                outcome = "circuit_open"
                raise self._down(
                    self._provider, f"{self._provider} is resting after failures.", retry_after_seconds=OPEN_SECONDS
                ) from exc
            except AppError as exc:
                outcome = exc.code
                raise
            finally:
                CALLS.labels(self._provider, operation, outcome).inc()
                SECONDS.labels(self._provider, operation).observe(time.monotonic() - started)
                if _Watching.observer is not None:
                    _Watching.observer(self._provider, outcome)

        if attempts == 1:
            return once()
        for retry in stamina.retry_context(
            on=self._worth_retrying, attempts=attempts, timeout=self._budget, wait_initial=0.2, wait_max=4.0
        ):
            with retry:
                return once()
        raise self._down(self._provider, "The retry budget is used up.")

    def _through_breaker(self, attempt: Callable[[], T]) -> T:
        """Call the provider, and have the breaker count what came of it.

        pybreaker holds its lock while it calls, so that calls made inside it wait for each other. Only the trial of a
        breaker that has been open is made there: one is enough to find out.
        """
        if self._breaker.current_state != pybreaker.STATE_CLOSED:
            return self._breaker.call(attempt)
        try:
            answer = attempt()
        except AppError as exc:
            self._breaker.call(_again, exc)
            raise
        # Opened by others meanwhile: an answer is an answer.
        with suppress(pybreaker.CircuitBreakerError):
            self._breaker.call(_nothing)
        return answer

    @staticmethod
    def _worth_retrying(exc: Exception) -> bool:
        """A pause that the provider asks for is left to the job queue: nobody waits a minute on a screen."""
        return isinstance(exc, ProviderDown) and not exc.retry_after_seconds


def _again(exc: AppError) -> None:
    raise exc


def _nothing() -> None:
    return
