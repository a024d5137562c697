"""Telling open pages at once that something of a person's has changed.

A message names the person and says nothing else: whoever hears it reads again. It may be lost, as while Redis is down;
pages look from time to time anyway.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog

from core.redis_clients import AWAY, connect

log = structlog.get_logger(__name__)

CHANNEL = "greenroom:live:"
TIMEOUT_SECONDS = 0.3
REST_SECONDS = 5.0
LISTEN_SECONDS = 1.0


class Live:
    """Says that something of a person's has changed, to whichever process shows it to them."""

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._client: Any = None
        self._resting_until = 0.0

    def tell(self, user_id: str) -> None:
        """Never fails and never waits long: after a failure Redis is left alone for some seconds."""
        if time.monotonic() < self._resting_until:
            return
        try:
            if self._client is None:
                self._client = connect(self._url, timeout=TIMEOUT_SECONDS)
            self._client.publish(CHANNEL + user_id, b"")
        except AWAY as exc:
            self._resting_until = time.monotonic() + REST_SECONDS
            log.warning("pages are not told of changes", error=type(exc).__name__)

    def ears(self, hear: Callable[[str], None]) -> "Ears":
        """What hears of everybody's changes; `hear` is called with the person's id, in a thread of its own."""
        return Ears(self._url, hear)


class Ears:
    """One subscription for a whole process, taken up again whenever it breaks."""

    def __init__(self, url: str, hear: Callable[[str], None]) -> None:
        self._url = url
        self._hear = hear
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="live", daemon=True)
        self.open = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(LISTEN_SECONDS * 3)

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                self._subscribed()
            except AWAY as exc:
                log.warning("changes are not heard of", error=type(exc).__name__)
            self.open = False
            self._over.wait(REST_SECONDS)

    def _subscribed(self) -> None:
        client = connect(self._url, timeout=TIMEOUT_SECONDS)
        with client.pubsub() as subscription:
            subscription.psubscribe(CHANNEL + "*")
            while not self._over.is_set():
                message = subscription.get_message(timeout=LISTEN_SECONDS)
                if message is None:
                    subscription.ping()
                elif message["type"] == "psubscribe":
                    self.open = True
                elif message["type"] == "pmessage":
                    self._hear(message["channel"].decode().removeprefix(CHANNEL))
        client.close()
