"""What an open page is told at once: one subscription for the process, one websocket for each page that waits.

A message says that something of this person's has changed, nothing else. A page that hears it reads again.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.accounts import service as accounts
from core.live import Ears
from core.wiring import Greenroom, greenroom
from ui.identity import COOKIE

PATH = "/live"
LASTS_SECONDS = 600.0
"""Then the page connects anew, and is asked anew who it is."""
NOBODY, NOT_FROM_HERE, AGAIN = 4401, 4403, 4000


class Hub:
    """Hands each change to the open pages of its person. Several changes at once are one."""

    def __init__(self) -> None:
        self._pages: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._ears: Ears | None = None

    @property
    def hears(self) -> bool:
        """Whether changes arrive, as far as this process knows."""
        return self._ears is not None and self._ears.open

    @asynccontextmanager
    async def running(self, app: Greenroom) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()

        def hear(user_id: str) -> None:
            loop.call_soon_threadsafe(self._wake, user_id)

        self._ears = app.live.ears(hear)
        self._ears.start()
        try:
            yield
        finally:
            await run_in_threadpool(self._ears.stop)
            self._ears = None

    @asynccontextmanager
    async def page_of(self, user_id: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever something of this person's changes."""
        changed = asyncio.Event()
        self._pages[user_id].add(changed)
        try:
            yield changed
        finally:
            self._pages[user_id].discard(changed)
            if not self._pages[user_id]:
                del self._pages[user_id]

    def _wake(self, user_id: str) -> None:
        for changed in self._pages.get(user_id, ()):
            changed.set()


hub = Hub()


async def live(socket: WebSocket) -> None:
    """Tell a page of ours, whose visitor is signed in, of every change."""
    if urlsplit(socket.headers.get("origin", "")).netloc != socket.headers.get("host"):
        await socket.close(NOT_FROM_HERE)
        return
    user_id = await run_in_threadpool(_user_of, socket.cookies.get(COOKIE, ""))
    if user_id is None:
        await socket.close(NOBODY)
        return
    await socket.accept()
    async with hub.page_of(user_id) as changed:
        telling = asyncio.create_task(_tell(socket, changed))
        try:
            async with asyncio.timeout(LASTS_SECONDS):
                while True:
                    await socket.receive_text()
        except WebSocketDisconnect:
            return
        except TimeoutError:
            await socket.close(AGAIN)
        finally:
            telling.cancel()


async def _tell(socket: WebSocket, changed: asyncio.Event) -> None:
    """The first message says that from now on nothing is missed."""
    changed.set()
    while True:
        await changed.wait()
        changed.clear()
        await socket.send_text("changed")


def _user_of(cookie: str) -> str | None:
    with greenroom().uow() as uow:
        actor = accounts.actor_of_cookie(uow, cookie) if cookie else None
    return actor.user_id if actor else None
