"""The voice call in the browser: joined through the provider's SDK by the address the server was given."""

from dataclasses import dataclass
from typing import Any, Literal

from core.interviews.types import Started
from ui import words
from ui.components.source import component

Phase = Literal["idle", "live", "ended", "lost", "failed", "microphone"]
PHASES: tuple[Phase, ...] = ("idle", "live", "ended", "lost", "failed", "microphone")

_mount = component("voice", css=("controls", "voice"), js=("microphone_help", "question_number"))


@dataclass(frozen=True)
class CallSeen:
    """Where the browser says its call is. A hint for the screen; what holds is in the database."""

    phase: Phase
    problem: str | None = None


def voice_call(started: Started, *, sdk_url: str, api_base: str) -> CallSeen:
    """Draw the call. Raised events are kept as state, so a run that is interrupted does not lose one."""
    shown = _mount(
        key=f"call-{started.call_id}",
        data={
            "sdk": sdk_url,
            "apiBase": api_base,
            "call": started.call_id,
            "webCallUrl": started.web_call_url,
            "secondsLeft": started.seconds_left,
            "marks": [list(marks) for marks in started.question_marks],
            "words": dict(words.VOICE),
        },
        on_phase_change=lambda: None,
    )
    return seen_of(shown.phase, started.call_id)


def seen_of(claim: Any, call_id: str) -> CallSeen:
    """Take what the browser says of this call; what it says of an earlier one counts for nothing."""
    if not isinstance(claim, dict) or claim.get("call") != call_id or claim.get("phase") not in PHASES:
        return CallSeen("idle")
    problem = claim.get("problem")
    return CallSeen(claim["phase"], problem if isinstance(problem, str) else None)
