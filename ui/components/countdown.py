"""The time that is left, counted in the browser."""

from ui import words
from ui.components.source import component

_mount = component("countdown", css=("countdown",))


def countdown(seconds_left: int) -> None:
    _mount(key="countdown", data={"secondsLeft": seconds_left, "words": dict(words.COUNTDOWN)}, width="content")
