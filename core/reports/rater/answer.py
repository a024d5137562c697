"""An answer cut into windows of neighbouring sentences, for points that are made in one of them."""

import re
from collections.abc import Collection, Sequence
from functools import cached_property
from itertools import groupby

from core.reports.rater.coverage import Heard, RunningText, is_listed
from core.reports.rater.words import STOP_WORDS, content_stems, sentences, stem

_MAYBE_A_NAME = re.compile(r"\b[A-Z][a-z]+\b")


class Answer:
    """An answer and its windows of neighbouring sentences, each made ready once.

    Names of people and places count for nothing, not even by their letters, unless they are in `known`, the stems of
    what was asked and wanted.
    """

    def __init__(self, text: str, known: Collection[str] = ()) -> None:
        self.text = text
        self._known = known
        self._lines: dict[str, int] = {}
        for at, line in enumerate(text.split("\n")):
            for sentence in sentences(line):
                # A sentence said again adds nothing to what was said.
                self._lines.setdefault(sentence, at)
        self.sentences = list(self._lines)
        self._windows: dict[int, list[tuple[str, Heard]]] = {}

    @cached_property
    def whole(self) -> Heard:
        return Heard(self._without_names("\n".join(self.sentences)))

    @cached_property
    def running(self) -> RunningText:
        return RunningText(self._without_names(self.text))

    def windows(self, size: int) -> list[tuple[str, Heard]]:
        if size not in self._windows:
            starts = range(max(1, len(self.sentences) - size + 1))
            parts = [self._joined(self.sentences[at : at + size]) for at in starts]
            self._windows[size] = [(part, Heard(self._without_names(part))) for part in parts]
        return self._windows[size]

    def _joined(self, neighbours: Sequence[str]) -> str:
        """Sentences as they stood: what is denied in one line is not denied in the next."""
        return "\n".join(" ".join(line) for _, line in groupby(neighbours, self._lines.get))

    def _without_names(self, text: str) -> str:
        return _MAYBE_A_NAME.sub(lambda found: found[0] if self._is_a_word(found[0].lower()) else " ", text)

    def _is_a_word(self, word: str) -> bool:
        return word in STOP_WORDS or stem(word) in self._known or is_listed(stem(word))


def stems_of(texts: Collection[str]) -> frozenset[str]:
    return frozenset(stem for text in texts for stem in content_stems(text))
