"""The browser's line to a call: what the stand-in of the Web SDK sends and hears over its WebSocket."""

import asyncio
import contextlib
from typing import Any

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.vapi.call import Call
from sandbox.vapi.desk import Desk, Frame
from sandbox.world import world_of_socket

MAX_ANSWER_CHARS = 8_000
TIME_TO_THINK = "time to think"
TAKE_YOUR_TIME = "Of course, take your time."
NO_SUCH_ROOM = 4404

router = APIRouter(prefix="/vapi/room")


@router.get("/{room}")
async def explain(room: str) -> PlainTextResponse:
    return PlainTextResponse(
        f"Sandbox room {room[:4]}…: no real voice. It is joined by the page that started the interview."
    )


@router.websocket("/{room}/socket")
async def attend(socket: WebSocket, room: str) -> None:
    """One page in a call. A page that comes again goes on where the last one stopped."""
    desk = world_of_socket(socket).calls
    call = desk.find_room(room)
    await socket.accept()
    if call is None or call.is_over:
        await socket.send_json({"kind": "ended", "reason": call.ended_reason if call else "not-found"})
        await socket.close(NO_SUCH_ROOM)
        return
    queue = desk.join(call)
    speaking = asyncio.create_task(_send_all(socket, queue))
    try:
        _greet(desk, call, queue)
        while not call.is_over:
            _hear(desk, call, await socket.receive_json())
        await speaking
    except (WebSocketDisconnect, ValueError):
        speaking.cancel()
    finally:
        desk.leave(call, queue)


async def _send_all(socket: WebSocket, queue: asyncio.Queue[Frame]) -> None:
    """Send until the call is over. A line that breaks is noticed by the one that listens."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            frame = await queue.get()
            await socket.send_json(frame)
            if frame["kind"] == "ended":
                await socket.close()
                return


def _greet(desk: Desk, call: Call, queue: asyncio.Queue[Frame]) -> None:
    history = [{"role": row.role, "text": row.text} for row in call.rows]
    queue.put_nowait({"kind": "joined", "callId": call.id, "history": history})
    if desk.begin(call):
        queue.put_nowait({"kind": "message", "message": {"type": "status-update", "status": "in-progress"}})
    if not call.rows and call.run is None:
        desk.go_on(call, None)


def _hear(desk: Desk, call: Call, frame: Any) -> None:
    """Whatever a page sends is heard or passed over; it is never an error."""
    if not isinstance(frame, dict) or call.is_over:
        return
    text = frame.get("text")
    words = text.strip()[:MAX_ANSWER_CHARS] if isinstance(text, str) else ""
    match frame.get("kind"):
        case "answer" if words and call.run is None:
            desk.speak(call, "user", words)
            desk.go_on(call, words)
        case "typing" if words and call.run is None:
            desk.heard_so_far(call, words)
        case "leave":
            desk.hang_up(call)
        case "send":
            obey(desk, call, frame.get("message"))


def obey(desk: Desk, call: Call, message: Any) -> bool:
    """A control message, from the browser or from the control URL. Returns False for one that is not known."""
    body = message if isinstance(message, dict) else {}
    content = body.get("content") or body.get("message")
    match body.get("type"):
        case "end-call":
            desk.end(call, "assistant-ended-call")
        case "say" if isinstance(content, str) and content.strip():
            desk.say_and_maybe_end(call, content.strip())
            if body.get("endCallAfterSpoken") is True:
                desk.end(call, "assistant-ended-call-after-message-spoken")
        case "add-message" if body.get("triggerResponseEnabled") is True and TIME_TO_THINK in _whispered(body):
            desk.speak(call, "bot", TAKE_YOUR_TIME)
        case "add-message" | "control" | "transfer" | "handoff":
            # The stand-in's interviewer keeps to its script: whatever else is whispered to it changes nothing.
            pass
        case _:
            return False
    return True


def _whispered(body: dict[str, Any]) -> str:
    message = body.get("message")
    return str(message.get("content", "")) if isinstance(message, dict) else ""
