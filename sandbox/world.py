"""Everything the sandbox holds, made once at its start."""

import asyncio
from dataclasses import dataclass, field

from fastapi import Request
from starlette.websockets import WebSocket

from sandbox.deliveries import Deliveries, Delivery
from sandbox.faults import FaultBoard
from sandbox.razorpay.books import Books
from sandbox.rubrics import Rubrics
from sandbox.settings import SandboxSettings
from sandbox.state import Table, Vault
from sandbox.vapi.desk import Desk
from sandbox.wire import RequestLog


@dataclass
class World:
    settings: SandboxSettings
    vault: Vault
    faults: FaultBoard
    requests: RequestLog
    deliveries: Deliveries
    razorpay: Books
    calls: Desk
    rubrics: Rubrics
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def open(cls, settings: SandboxSettings) -> "World":
        """Raises: InvalidToken when the state file was sealed under another key."""
        key = settings.sandbox_state_key.get_secret_value() if settings.sandbox_state_key else None
        vault = Vault(settings.sandbox_state_file, key)
        faults = FaultBoard()
        deliveries = Deliveries(Table(vault, "delivery", Delivery), faults)
        rubrics = Rubrics(vault, settings.question_bank)
        return cls(
            settings=settings,
            vault=vault,
            faults=faults,
            requests=RequestLog(settings.secrets),
            deliveries=deliveries,
            razorpay=Books(settings, vault, deliveries),
            calls=Desk(settings, vault, deliveries, rubrics),
            rubrics=rubrics,
        )

    def resume(self) -> None:
        """Go on where a stopped process left off."""
        self.deliveries.resume()
        self.calls.resume()

    def reset(self) -> None:
        """Forget calls, orders, faults and what was noted. Questions that were written stay known."""
        self.calls.clear()
        self.razorpay.clear()
        self.deliveries.forget()
        self.faults.clear()
        self.requests.entries.clear()

    async def close(self) -> None:
        await self.calls.close()
        await self.deliveries.close()
        self.vault.close()


def world_of(request: Request) -> World:
    world: World = request.app.state.world
    return world


def world_of_socket(socket: WebSocket) -> World:
    world: World = socket.app.state.world
    return world
