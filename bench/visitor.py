"""A browser's side of a Streamlit page: a websocket that speaks its protobuf, opens screens, keeps what the server lets
it keep, and asks again when the server told it to.

Nothing is drawn, so a run is over when the server says so; what a browser adds is measured in a real one.
"""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

COOKIE = "greenroom_session"
STREAM, LIVE = "/_stcore/stream", "/live"
RUN_SECONDS = 60.0
AGAIN = ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN
PART_OF_IT = ForwardMsg.ScriptFinishedStatus.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
BROKEN = ForwardMsg.ScriptFinishedStatus.FINISHED_WITH_COMPILE_ERROR
SIGNING_IN = "auth."
"""What the forms of the login's screens are called."""
REFUSED = ":material/info:"
"""The guard's own sign: a refusal stands under it even where it is only a warning."""


@dataclass
class Run:
    """One run of a script: seconds from the click to the server's last word, and what came over the wire."""

    seconds: float = 0.0
    payload_bytes: int = 0
    messages: int = 0
    failed: str = ""
    """Why no good answer came: the error that stands on the screen, or the login in the screen's place."""
    words: list[str] = field(default_factory=list)
    """Headings and notices that came, for knowing one screen from another."""
    timers: dict[str, float] = field(default_factory=dict)
    """Parts that the server wants to be run again, and every how many seconds."""


class Lost(RuntimeError):
    """The server did not answer."""


class Visitor:
    """One tab. `open` is a click that leads to a screen; `rerun` one that changes nothing."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._host = f"127.0.0.1:{port}"
        self._headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
        self._page_hash = ""
        self._query = ""
        self._kept: set[str] = set()
        self._timers: dict[str, float] = {}
        self._socket: ClientConnection | None = None
        self._word: ClientConnection | None = None

    async def arrive(self) -> None:
        """Raises: Lost."""
        self._socket = await self._connected(STREAM, self._headers, "streamlit", "of-nobody")

    async def _connected(self, path: str, headers: dict[str, str], *subprotocols: str) -> ClientConnection:
        try:
            return await connect(
                f"ws://{self._host}{path}",
                additional_headers=headers,
                subprotocols=[Subprotocol(name) for name in subprotocols] or None,
                max_size=None,
                compression=None,
                open_timeout=RUN_SECONDS,
                ping_interval=None,
            )
        except (OSError, TimeoutError, WebSocketException) as exc:
            raise Lost(f"no connection: {exc}") from exc

    async def leave(self) -> None:
        for socket in (self._socket, self._word):
            if socket is not None:
                await socket.close()

    async def open(self, screen: str = "", **query: str) -> Run:
        """Raises: Lost."""
        self._query = urlencode(query)
        return await self._run(page_name=screen)

    async def rerun(self) -> Run:
        """Raises: Lost."""
        return await self._run(page_hash=self._page_hash)

    async def wait_for(self, timer: str, seconds: float) -> Run:
        """What a browser does with a part that runs by itself: wait until it is told of a change, or its time has
        come, and ask for it alone. Raises: Lost."""
        if self._word is None:
            self._word = await self._connected(LIVE, {"Origin": f"http://{self._host}", **self._headers})
        try:
            async with asyncio.timeout(seconds):
                await self._word.recv()
        except TimeoutError:
            pass
        return await self._run(page_hash=self._page_hash, fragment=timer)

    async def _run(self, *, page_name: str = "", page_hash: str = "", fragment: str = "") -> Run:
        asked = BackMsg()
        asked.rerun_script.query_string = self._query
        asked.rerun_script.page_name = page_name
        asked.rerun_script.page_script_hash = page_hash
        asked.rerun_script.fragment_id = fragment
        asked.rerun_script.is_auto_rerun = bool(fragment)
        asked.rerun_script.cached_message_hashes.extend(self._kept)
        asked.rerun_script.context_info.timezone = "Asia/Kolkata"
        asked.rerun_script.context_info.locale = "en-IN"
        seen, started = Run(), time.perf_counter()
        try:
            async with asyncio.timeout(RUN_SECONDS):
                await self._talk(asked.SerializeToString(), seen)
        except (OSError, TimeoutError, WebSocketException) as exc:
            raise Lost(f"{page_name or 'rerun'}: {type(exc).__name__}") from exc
        seen.seconds = time.perf_counter() - started
        return seen

    async def _talk(self, asked: bytes, seen: Run) -> None:
        assert self._socket is not None
        await self._socket.send(asked)
        while True:
            raw = await self._socket.recv()
            assert isinstance(raw, bytes)
            message = ForwardMsg.FromString(raw)
            seen.payload_bytes += len(raw)
            seen.messages += 1
            if message.metadata.cacheable:
                self._kept.add(message.hash)
            if message.WhichOneof("type") == "navigation":
                self._page_hash = message.navigation.page_script_hash
            _read(message, seen)
            if message.WhichOneof("type") == "script_finished" and message.script_finished != AGAIN:
                if message.script_finished == PART_OF_IT:
                    seen.timers = self._timers
                self._timers = seen.timers
                return


def _read(message: ForwardMsg, seen: Run) -> None:
    match message.WhichOneof("type"):
        case "new_session":
            seen.timers.clear()
        case "auto_rerun":
            seen.timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        case "delta":
            _look(message, seen)
        case "page_not_found":
            seen.failed = "no such page"
        case "script_finished" if message.script_finished == BROKEN:
            seen.failed = "does not compile"


def _look(message: ForwardMsg, seen: Run) -> None:
    if message.delta.add_block.form.form_id.startswith(SIGNING_IN):
        seen.failed = "not signed in"
    element = message.delta.new_element
    match element.WhichOneof("type"):
        case "exception":
            seen.failed = element.exception.type
        case "heading":
            seen.words.append(element.heading.body)
        case "alert":
            seen.words.append(element.alert.body)
            if _is_failure(element.alert):
                seen.failed = element.alert.body


def _is_failure(alert: Alert) -> bool:
    return alert.format == Alert.ERROR or (alert.format == Alert.WARNING and alert.icon == REFUSED)
