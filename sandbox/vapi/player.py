"""Plays a call's candidate from end to end. Times are those of real speech, whatever time it takes to play them."""

import asyncio
import re

from sandbox.candidate import Candidate
from sandbox.dice import between
from sandbox.vapi.call import Call, RunSpec
from sandbox.vapi.desk import CUSTOMER_LEFT, NEVER_JOINED, NEVER_STARTED, SAID_END_PHRASE, Desk, Speaker
from sandbox.vapi.script import Script

BOT_PAUSE = (0.6, 1.6)
USER_PAUSE = (0.7, 2.8)
SILENCE_SECONDS = 8.0
"""How long the interviewer waits before it goes on without an answer."""
BREATH = (0.3, 0.9)
SPLIT_FROM_WORDS = 60
_SENTENCE_END = re.compile(r"(?<=[.?!]) ")


async def play(desk: Desk, call: Call, spec: RunSpec) -> None:
    """Play the whole call, or up to `drop_after` answered questions, and end it with the reason that is wanted."""
    never = bool(spec.ended_reason and spec.ended_reason.startswith(NEVER_STARTED + NEVER_JOINED))
    if never and spec.drop_after is None and call.status == "queued":
        desk.end(call, spec.ended_reason or CUSTOMER_LEFT)
        return
    desk.begin(call)
    playing = _Playing(desk, call, spec)
    dropped = await playing.to_the_end()
    desk.end(call, spec.ended_reason or (CUSTOMER_LEFT if dropped else playing.finish))


class _Playing:
    def __init__(self, desk: Desk, call: Call, spec: RunSpec) -> None:
        self._desk, self._call, self._spec = desk, call, spec
        self._script: Script = desk.script(call)
        self._candidate = Candidate(desk.rubrics, spec.answers)
        self._clock = call.clock
        self.finish = SAID_END_PHRASE

    async def to_the_end(self) -> bool:
        """Returns True when the call was dropped on the way."""
        call, script = self._call, self._script
        if not call.rows:
            await self._bot(script.opening(call.place))
        while not script.is_over(call.place):
            main = call.place.at >= 0 and not call.place.follow_up
            if self._spec.drop_after == 0 and call.place.at >= 0:
                return True
            answer = self._answer()
            await self._user(answer)
            if main and self._spec.drop_after is not None and call.place.at + 1 >= self._spec.drop_after:
                return True
            if self._spec.drop_after == 0:
                return True
            lines = script.after(call.place, answer, may_follow_up=self._candidate.takes_follow_ups)
            ending = self._spec.ended_reason
            if script.is_over(call.place) and ending and not ending.startswith("assistant-"):
                # Whatever else ends a call leaves no time for closing words.
                return False
            await self._bot(lines)
            if script.is_over(call.place) and not script.ends_call(lines[-1]):
                self.finish = "assistant-ended-call"
        return False

    def _answer(self) -> str | None:
        place, questions = self._call.place, self._script.questions
        if place.at < 0:
            return self._candidate.greets(self._script.greeting or "")
        question = questions[place.at]
        if place.follow_up:
            return self._candidate.follows_up(place.at, question.follow_ups[0])
        return self._candidate.answers(place.at, question.text)

    async def _bot(self, lines: list[str]) -> None:
        for line in lines:
            self._wait(BOT_PAUSE)
            await self._say("bot", line)

    async def _user(self, answer: str | None) -> None:
        if not answer:
            self._clock += SILENCE_SECONDS
            if self._spec.realtime:
                await asyncio.sleep(SILENCE_SECONDS)
            return
        self._wait(USER_PAUSE)
        for at, part in enumerate(self._parts(answer)):
            if at:
                self._wait(BREATH)
            await self._say("user", part)

    def _parts(self, answer: str) -> list[str]:
        """A long answer comes in two rows, as a transcriber hears it; what a test gave word for word stays whole."""
        sentences = _SENTENCE_END.split(answer)
        if isinstance(self._spec.answers, list) or len(answer.split()) < SPLIT_FROM_WORDS or len(sentences) < 3:
            return [answer]
        half = len(sentences) // 2
        return [" ".join(sentences[:half]), " ".join(sentences[half:])]

    def _wait(self, bounds: tuple[float, float]) -> None:
        self._clock += between(*bounds, self._call.id, len(self._call.rows))

    async def _say(self, role: Speaker, text: str) -> None:
        row = self._desk.speak(self._call, role, text, start=None if self._spec.realtime else self._clock)
        self._clock = row.end
        # Others get their turn between two rows even when nothing is waited for.
        await asyncio.sleep(row.seconds if self._spec.realtime else 0)
