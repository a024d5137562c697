"""A state as a badge."""

from dataclasses import dataclass
from typing import Literal

BadgeColor = Literal["red", "orange", "blue", "green", "violet", "gray"]


@dataclass(frozen=True)
class Shown:
    """A state as a badge, with the step that follows it."""

    label: str
    icon: str
    color: BadgeColor
    action: str
