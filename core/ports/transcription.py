"""What we need from whoever turns a recorded answer into words."""

from typing import Protocol


class Transcriber(Protocol):
    is_on: bool
    """Whether recordings can be transcribed at all; where not, answers are typed."""

    def transcribe(self, sound: bytes, *, media_type: str) -> str:
        """What was said, word for word with its fillers; empty where nothing was.

        Raises: ModelDown (worth another try), ModelRefused (not).
        """
        ...
