"""Webhooks on their way to the product: signed, in the background, tried again, and not lost by a restart."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import httpx
import structlog
from pydantic import BaseModel

from sandbox.faults import DELAY_MS, REORDER_MS, Fault, FaultBoard, Provider
from sandbox.state import Table

log = structlog.get_logger(__name__)

Sign = Callable[[bytes, bool], Mapping[str, str]]
"""Headers that authenticate a body; told True, it uses a secret that is not the right one."""
Prepare = Callable[[dict[str, Any]], dict[str, Any]]


class Delivery(BaseModel):
    """One event for one address. `lane` is what it is about: events of one lane are first tried in order."""

    id: str
    provider: Provider
    lane: str
    url: str
    body: dict[str, Any]
    headers: dict[str, str] = {}
    retry_after: list[float] = []
    """Seconds to wait before each further try."""
    timeout: float = 20.0
    final_statuses: list[int] = []
    """Answers that are not 2xx and still end the tries."""
    forged: bool = False
    wait: float = 0.0


class Deliveries:
    """Sends events. Only the first try of an event holds up the next one of its lane; retries go their own way."""

    def __init__(self, table: Table[Delivery], faults: FaultBoard) -> None:
        self._table, self._faults = table, faults
        self._signers: dict[Provider, Sign] = {}
        self._preparers: dict[Provider, Prepare] = {}
        self._client = httpx.AsyncClient(limits=httpx.Limits(max_connections=50), headers={"User-Agent": "sandbox"})
        self._tasks: set[asyncio.Task[None]] = set()
        self._lanes: dict[str, asyncio.Event] = {}
        self._held: dict[Provider, list[Delivery]] = {}

    def speak_for(self, provider: Provider, sign: Sign, prepare: Prepare = lambda body: body) -> None:
        """How a provider signs, and what it renews in a body each time it is sent."""
        self._signers[provider], self._preparers[provider] = sign, prepare

    def resume(self) -> None:
        """Go on with what a stopped process left undelivered."""
        for delivery in self._table.all():
            self._start(delivery)

    def send(self, delivery: Delivery) -> None:
        """Deliver in the background, as the faults that are on allow."""
        provider = delivery.provider
        if self._faults.take(provider, "drop_webhook"):
            return
        if self._faults.take(provider, "forge_signature"):
            delivery.forged = True
        if fault := self._faults.take(provider, "reorder_webhooks"):
            self._hold(delivery, fault)
            return
        fault = self._faults.take(provider, "delay_webhook")
        if fault:
            delivery.wait = fault.seconds(DELAY_MS)
        self._start(delivery)
        if self._faults.take(provider, "duplicate_webhook"):
            self._start(delivery.model_copy(update={"id": uuid4().hex}))

    async def close(self) -> None:
        """Stop without forgetting: what is under way goes on after the next start."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    def forget(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        self._held.clear()
        self._lanes.clear()
        self._table.clear()

    def _hold(self, delivery: Delivery, fault: Fault) -> None:
        """Keep events back for a moment, then let them go last one first."""
        held = self._held.setdefault(delivery.provider, [])
        held.append(delivery)
        self._table.put(delivery.id, delivery)
        if len(held) == 1:
            self._spawn(self._release(delivery.provider, fault.seconds(REORDER_MS)))

    async def _release(self, provider: Provider, seconds: float) -> None:
        await asyncio.sleep(seconds)
        for delivery in reversed(self._held.pop(provider, [])):
            self._start(delivery)

    def _start(self, delivery: Delivery) -> None:
        self._table.put(delivery.id, delivery)
        tried = asyncio.Event()
        before = None
        # What is delayed by a fault is overtaken by what follows.
        if not delivery.wait:
            before, self._lanes[delivery.lane] = self._lanes.get(delivery.lane), tried
        self._spawn(self._deliver(delivery, before, tried))

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery, before: asyncio.Event | None, tried: asyncio.Event) -> None:
        try:
            if delivery.wait:
                await asyncio.sleep(delivery.wait)
            if before is not None:
                await before.wait()
            taken = await self._try(delivery)
        finally:
            tried.set()
            if self._lanes.get(delivery.lane) is tried:
                del self._lanes[delivery.lane]
        for seconds in delivery.retry_after:
            if taken:
                break
            await asyncio.sleep(seconds)
            taken = await self._try(delivery)
        if not taken:
            log.warning("a webhook is given up", provider=delivery.provider, lane=delivery.lane)
        self._table.remove(delivery.id)

    async def _try(self, delivery: Delivery) -> bool:
        """Whether no further try is due."""
        raw = json.dumps(self._preparers[delivery.provider](delivery.body), ensure_ascii=False).encode()
        signature = self._signers[delivery.provider](raw, delivery.forged)
        given = {name: _forged(name, value) if delivery.forged else value for name, value in delivery.headers.items()}
        headers = {"Content-Type": "application/json", **given, **signature}
        try:
            reply = await self._client.post(delivery.url, content=raw, headers=headers, timeout=delivery.timeout)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            log.info("a webhook could not be delivered", provider=delivery.provider, error=type(exc).__name__)
            return False
        if reply.is_success or reply.status_code in delivery.final_statuses:
            return True
        log.info("a webhook was not taken", provider=delivery.provider, status=reply.status_code)
        return False


def _forged(name: str, value: str) -> str:
    return "not-the-secret" if "secret" in name.lower() or name.lower() == "authorization" else value
