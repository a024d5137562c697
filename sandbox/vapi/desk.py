"""Where calls are kept and happen: who joins, what is said, when it ends, and who is told."""

import asyncio
import hashlib
import hmac
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from sandbox.deliveries import Deliveries, Delivery
from sandbox.rubrics import Rubrics
from sandbox.settings import SandboxSettings
from sandbox.state import Table, Vault
from sandbox.vapi import messages, recording
from sandbox.vapi.assistant import Assistant, Server
from sandbox.vapi.call import Call, Row, RunSpec
from sandbox.vapi.script import Script

DROP_SECONDS = 20.0
"""A browser that is gone this long has left the call."""
CLOSING_SECONDS = 1.5
"""How long the closing words of a live call can be read before the line goes down."""
BOT_WORDS_A_MINUTE, USER_WORDS_A_MINUTE = 160, 140
LEAST_SECONDS = 0.4
CUSTOMER_LEFT = "customer-ended-call"
SAID_END_PHRASE = "assistant-said-end-call-phrase"
TOO_LONG = "exceeded-max-duration"
NEVER_STARTED = ("call.start.", "call-start-", "assistant-request-", "assistant-not-", "assistant-join-timed-out")
NEVER_JOINED = ("customer-did-not-give-microphone-permission",)

Frame = dict[str, Any]
Speaker = Literal["bot", "user"]


class Desk:
    """Vapi's calls. The event loop is the only one that touches them."""

    def __init__(self, settings: SandboxSettings, vault: Vault, deliveries: Deliveries, rubrics: Rubrics) -> None:
        self._settings, self._deliveries = settings, deliveries
        self.rubrics = rubrics
        self.table = Table(vault, "call", Call)
        self._present: dict[str, set[asyncio.Queue[Frame]]] = {}
        self._tasks: dict[str, set[asyncio.Task[None]]] = {}
        deliveries.speak_for("vapi", self._sign, self._renew_links)

    def create(self, assistant: dict[str, Any], *, overrides: dict[str, Any] | None, base_url: str) -> Call:
        now = datetime.now(UTC)
        call = Call(base_url=base_url, assistant=assistant, overrides=overrides, created_at=now, updated_at=now)
        return self.table.put(call.id, call)

    def find_room(self, room: str) -> Call | None:
        return next((call for call in self.table.all() if hmac.compare_digest(call.room, room)), None)

    def script(self, call: Call) -> Script:
        return Script.of(Assistant.model_validate({**call.assistant, **_only_properties(call.overrides)}), call.id)

    def resume(self) -> None:
        """Calls that a stopped process left in progress: a played one is played again, a browser may come back."""
        for call in self.table.all():
            if call.status == "in-progress" and call.run is None:
                self._watch(call)
                self._spawn(call, self._end_when_alone(call))

    def unfinished_runs(self) -> list[Call]:
        return [call for call in self.table.all() if call.run is not None and call.status != "ended"]

    async def close(self) -> None:
        tasks = [task for group in self._tasks.values() for task in group]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def clear(self) -> None:
        for call in self.table.all():
            self.forget(call)

    def forget(self, call: Call) -> None:
        """Erase a call. That does not hang up, but nobody can join or hear it any more."""
        self.table.remove(call.id)
        for task in self._tasks.pop(call.id, set()):
            task.cancel()
        for queue in self._present.pop(call.id, set()):
            queue.put_nowait({"kind": "ended", "reason": "call-deleted"})

    # --- who is there
    def join(self, call: Call) -> asyncio.Queue[Frame]:
        """A browser comes in, for the first time or again. What is sent to it comes out of the queue."""
        queue: asyncio.Queue[Frame] = asyncio.Queue()
        self._present.setdefault(call.id, set()).add(queue)
        return queue

    def leave(self, call: Call, queue: asyncio.Queue[Frame]) -> None:
        """A browser's line is gone. It may come back within DROP_SECONDS."""
        self._present.get(call.id, set()).discard(queue)
        if call.status == "in-progress" and call.run is None and not self._present.get(call.id):
            self._spawn(call, self._end_when_alone(call))

    def begin(self, call: Call) -> bool:
        """The first participant is in. False when the call had begun before."""
        if call.status != "queued":
            return False
        call.status, call.started_at = "in-progress", datetime.now(UTC)
        self._keep(call)
        self._tell_server(call, "status-update", status="in-progress")
        self._tell_server(call, "assistant.started", newAssistant=call.assistant)
        if call.run is None:
            self._watch(call)
        return True

    # --- what is said
    def speak(self, call: Call, role: Speaker, text: str, *, start: float | None = None) -> Row:
        """Add what is said to the call and tell those who listen. Without `start` it begins now."""
        rate = BOT_WORDS_A_MINUTE if role == "bot" else USER_WORDS_A_MINUTE
        seconds = max(LEAST_SECONDS, len(text.split()) / rate * 60)
        if start is None:
            elapsed = (datetime.now(UTC) - call.started).total_seconds()
            start = max(call.clock, elapsed if role == "bot" else elapsed - seconds)
        row = Row(role=role, text=text, start=start, seconds=seconds)
        call.rows.append(row)
        if call.run is None:
            self._keep(call)
        self._announce(call, row)
        return row

    def _announce(self, call: Call, row: Row) -> None:
        role = "assistant" if row.role == "bot" else "user"
        turn = sum(other.role == row.role for other in call.rows) - 1
        self._tell_all(call, "speech-update", status="started", role=role, turn=turn)
        self._tell_all(call, "transcript", role=role, transcriptType="final", transcript=row.text)
        self._tell_all(
            call,
            "conversation-update",
            messages=lambda: messages.rows(call),
            messagesOpenAIFormatted=lambda: messages.openai_rows(call),
        )
        self._tell_all(call, "speech-update", status="stopped", role=role, turn=turn)
        self._show(call, {"kind": "said", "role": row.role, "text": row.text, "seconds": row.seconds})

    def heard_so_far(self, call: Call, text: str) -> None:
        """A partial transcript of the candidate: it is told, not kept."""
        self._tell_all(call, "transcript", role="user", transcriptType="partial", transcript=text)

    # --- the end
    def end(self, call: Call, reason: str) -> None:
        """End a call once and send its report.

        What was played or typed faster than it can be spoken is given the time to be spoken: the start is moved back
        so that the call ends now.
        """
        if call.status == "ended":
            return
        if call.started_at is not None:
            call.ended_at = datetime.now(UTC)
            call.started_at = min(call.started_at, call.ended_at - timedelta(seconds=call.clock))
        call.status, call.ended_reason, call.run = "ended", reason, None
        self._keep(call)
        self._tell_server(call, "status-update", status="ended", endedReason=reason)
        if "end-of-call-report" in self._wanted(call, "serverMessages"):
            self._deliver(call, messages.report(call, self._link_secret))
        self._show_message(call, "status-update", {"status": "ended", "endedReason": reason})
        self._show(call, {"kind": "ended", "reason": reason})
        current = _current_task()
        for task in self._tasks.pop(call.id, set()):
            if task is not current:
                task.cancel()

    def say_and_maybe_end(self, call: Call, text: str) -> None:
        """The assistant speaks outside its script; an end phrase in it ends the call."""
        self.speak(call, "bot", text)
        if self.script(call).ends_call(text):
            self.end(call, SAID_END_PHRASE)

    def go_on(self, call: Call, answer: str | None) -> None:
        """The interviewer's next words in a live call, after the candidate's (or at the beginning)."""
        script = self.script(call)
        lines = script.opening(call.place) if not call.rows else script.after(call.place, answer)
        for line in lines:
            self.speak(call, "bot", line)
        if lines and script.is_over(call.place):
            self._spawn(call, self._end_after_closing_words(call))

    def hang_up(self, call: Call) -> None:
        """The customer is gone, or would be if the interviewer had not just taken leave."""
        script = self.script(call)
        over = call.status == "in-progress" and script.is_over(call.place)
        self.end(call, self._taken_leave(script) if over else CUSTOMER_LEFT)

    async def _end_after_closing_words(self, call: Call) -> None:
        await asyncio.sleep(CLOSING_SECONDS)
        self.end(call, self._taken_leave(self.script(call)))

    def _taken_leave(self, script: Script) -> str:
        return SAID_END_PHRASE if script.ends_call(script.closing) else "assistant-ended-call"

    def start_run(self, call: Call, spec: RunSpec, work: Coroutine[Any, Any, None]) -> None:
        call.run = spec
        self._keep(call)
        self._spawn(call, work)

    # --- limits of a live call
    def _watch(self, call: Call) -> None:
        assistant = Assistant.model_validate(call.assistant)
        self._spawn(call, self._end_after(call, assistant.max_duration_seconds))
        for hook in assistant.hooks:
            seconds, words = _timed_words(hook)
            if words:
                self._spawn(call, self._say_after(call, seconds, words))

    async def _end_after(self, call: Call, seconds: float) -> None:
        await self._until(call, seconds)
        self.end(call, TOO_LONG)

    async def _say_after(self, call: Call, seconds: float, words: str) -> None:
        await self._until(call, seconds)
        if call.status == "in-progress":
            self.say_and_maybe_end(call, words)

    async def _until(self, call: Call, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds - (datetime.now(UTC) - call.started).total_seconds()))

    async def _end_when_alone(self, call: Call) -> None:
        await asyncio.sleep(DROP_SECONDS)
        if not self._present.get(call.id):
            self.hang_up(call)

    # --- who is told
    def _tell_all(self, call: Call, kind: str, **fields: Any) -> None:
        """Tell the server and the browsers, each if they asked for this kind. Fields that are costly are functions."""
        wanted = self._wanted(call, "serverMessages")
        exact = f'{kind}[transcriptType="{fields.get("transcriptType")}"]'
        for_server = kind in wanted or exact in wanted
        for_browser = kind in self._wanted(call, "clientMessages") and bool(self._present.get(call.id))
        if not for_server and not for_browser:
            return
        made = {name: value() if callable(value) else value for name, value in fields.items()}
        if for_server:
            self._deliver(call, messages.server_message(call, kind if kind in wanted else exact, **made))
        if for_browser:
            self._show(call, {"kind": "message", "message": {"type": kind, **made}})

    def _tell_server(self, call: Call, kind: str, **fields: Any) -> None:
        if kind in self._wanted(call, "serverMessages"):
            self._deliver(call, messages.server_message(call, kind, **fields))

    def _show_message(self, call: Call, kind: str, fields: dict[str, Any]) -> None:
        if kind in self._wanted(call, "clientMessages"):
            self._show(call, {"kind": "message", "message": {"type": kind, **fields}})

    def _show(self, call: Call, frame: Frame) -> None:
        for queue in self._present.get(call.id, set()):
            queue.put_nowait(frame)

    def _wanted(self, call: Call, which: Literal["serverMessages", "clientMessages"]) -> list[str]:
        given = {**call.assistant, **_only_properties(call.overrides)}.get(which)
        defaults = Assistant()
        kept: list[str] = [*(defaults.server_messages if which == "serverMessages" else defaults.client_messages)]
        return given if isinstance(given, list) else kept

    # --- delivery
    @property
    def _link_secret(self) -> str:
        return self._settings.vapi_private_key.get_secret_value()

    def _deliver(self, call: Call, body: dict[str, Any]) -> None:
        server = Server.model_validate(call.assistant.get("server") or {})
        if not server.url:
            return
        plan = server.backoff_plan
        waits = []
        if plan is not None:
            # Without a plan a delivery that fails is lost: so it is with Vapi.
            grow = 2 if plan.type == "exponential" else 1
            waits = [plan.base_delay_seconds * grow**attempt for attempt in range(int(plan.max_retries))]
        self._deliveries.send(
            Delivery(
                id=uuid4().hex,
                provider="vapi",
                lane=call.id,
                url=server.url,
                body=body,
                headers=server.headers,
                retry_after=waits,
                timeout=server.timeout_seconds,
                final_statuses=plan.excluded_status_codes if plan else [],
            )
        )

    def _sign(self, raw: bytes, forged: bool) -> dict[str, str]:
        secret = "not-the-secret" if forged else self._settings.vapi_webhook_secret.get_secret_value()
        return {"X-Vapi-Signature": hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}

    def _renew_links(self, body: dict[str, Any]) -> dict[str, Any]:
        """Presigned links are made anew for every delivery: two deliveries of one report differ byte for byte."""
        message = body["message"]
        call = self.table.find(message["call"]["id"])
        if message["type"] != "end-of-call-report" or call is None:
            return body
        artifact = {**message["artifact"], **recording.links(call, self._link_secret)}
        return {"message": {**message, "artifact": artifact}}

    def _keep(self, call: Call) -> None:
        call.updated_at = datetime.now(UTC)
        if self.table.find(call.id) is not None:
            self.table.put(call.id, call)

    def _spawn(self, call: Call, work: Coroutine[Any, Any, None]) -> None:
        """Go on with a call in the background. A browser that leaves after the call was erased ends nothing."""
        if self.table.find(call.id) is None:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        group = self._tasks.setdefault(call.id, set())
        group.add(task)
        task.add_done_callback(group.discard)


def _current_task() -> "asyncio.Task[Any] | None":
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


def _only_properties(overrides: dict[str, Any] | None) -> dict[str, Any]:
    """An override's properties of the assistant; what belongs to the override alone is left out."""
    return {name: value for name, value in (overrides or {}).items() if name not in ("metadata", "variableValues")}


def _timed_words(hook: Any) -> tuple[float, str]:
    """What a `call.timeElapsed` hook says, and after how many seconds; a hook that is not valid is passed over."""
    if not isinstance(hook, dict) or hook.get("on") != "call.timeElapsed":
        return 0.0, ""
    seconds = (hook.get("options") or {}).get("seconds")
    given = hook.get("do")
    actions = given if isinstance(given, list) else []
    words = next((a.get("exact") for a in actions if isinstance(a, dict) and a.get("type") == "say"), None)
    if not isinstance(seconds, int | float) or not isinstance(words, str):
        return 0.0, ""
    return float(seconds), words
