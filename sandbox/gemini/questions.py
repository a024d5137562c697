"""Writes interview questions as the model would: from what it knows of each focus area, new ones every time.

A question is a subject's ask, alone, set in a scene, or tied to words of the résumé or the job description. The scenes
make many questions of one ask, so that somebody who has had thirty interviews still gets new ones.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from sandbox.dice import share, shuffled
from sandbox.words import held, similarity, terms, word_set, words

SUBJECTS = Path(__file__).parent / "subjects"
LEVELS = ("easy", "medium", "hard", "expert")
SMALL = word_set(
    "a an and as at by do does for from how i if in is it its my of on or the to was what which with you your"
)
SECONDS = {"easy": 75, "medium": 105, "hard": 140, "expert": 170}
MAX_TEXT, MAX_POINT, MAX_ANCHOR = 300, 160, 400
TOO_SIMILAR, TOO_SIMILAR_LETTERS = 0.52, 86
ASKED_BEFORE = 0.85
"""Share of an ask's terms in an earlier question from which it is the same ask in other dress."""
POINTS_OF_EASY = 3
QUOTE_WORDS = range(3, 10)
MAX_QUOTE_CHARS = 90
GROUNDED_SHARE = 0.4
"""At most this part of the questions rests on the documents."""
SCENES = (
    "a food delivery service whose orders double every Friday evening",
    "a hospital that books operating rooms for forty surgeons",
    "a bank branch app used by pensioners in small towns",
    "a school platform that hands out exam results on one morning",
    "a parcel company with six hundred vans on the road",
    "an online marketplace for second-hand furniture",
    "a cricket streaming site on the night of a final",
    "a payroll office that pays eighty thousand people a month",
    "a travel start-up that compares trains and buses",
    "a factory whose machines report every second",
    "a city that sells parking tickets by phone",
    "a charity that collects donations after an earthquake",
    "a pharmacy chain with three hundred shops",
    "a game studio about to launch its second title",
    "a farm co-operative that trades milk and grain",
    "a library network lending books in nine languages",
)
STORY_SCENES = (
    "your company was being bought by a competitor and nobody knew who would stay",
    "half of your colleagues worked in another country and the clocks never matched",
    "a large customer threatened to leave and phoned every single morning",
    "the budget had just been cut and two experienced people had resigned",
    "you had joined only three weeks earlier and hardly knew any names",
    "everyone around you was older, senior and convinced of the opposite",
    "an earlier attempt at the same thing had failed in public",
    "the busiest shopping season had begun and overtime was already normal",
    "an auditor sat in the office and asked for every document",
    "new software had arrived and half of the staff refused to touch it",
    "a partner firm delivered late, again and again, without explanation",
    "your manager was on leave and could not be reached for a fortnight",
)
HR_FRAMES = (
    "Answer this the way you would tell a future teammate over lunch, not a recruiter",
    "Look only at the last twelve months rather than at your whole career",
    "Imagine we meet again on the day your probation period ends and compare notes",
    "Suppose a former colleague who knows you well were sitting beside you and listening",
    "Leave aside titles and money for a moment and speak about ordinary weekdays",
    "Think of a person whose judgement you trust and what they would add",
    "Assume that this conversation were recorded and played to your new team",
    "Compare yourself today with who you were when you signed your first contract",
)
CASE_FRAMES = (
    "The client is a family business that has never worked with advisers before",
    "You have ten minutes with the chief executive and no spreadsheet at hand",
    "Your partner leaves the meeting early and the room looks at you for a structure",
    "Two board members disagree loudly and want a neutral opinion before dinner",
    "An investor asks you over the telephone and expects reasoning, not decimals",
    "The data arrives tomorrow, but the team needs a working hypothesis tonight",
    "A junior analyst will carry on with the research after you and takes notes",
    "Last year's consultants failed with a very general recommendation",
)
FRAMES: dict[str, Sequence[str]] = {"behavioral": STORY_SCENES, "hr": HR_FRAMES, "case": CASE_FRAMES}
LEADS = {"behavioral": "Think of a time when {}.", "hr": "{}.", "case": "{}."}
_INSTRUCTION = re.compile(
    r"\b(ignore|instructions?|prompt|score|marks?|grade|system|assistant|hire|full)\b|https?:|www\.|@|\d{4,}",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"\b(age|born|birth|years old|married|single|spouse|husband|wife|child|children|religio\w*|hindu|muslim|christian|"
    r"sikh|caste|nationality|citizen\w*|disab\w*|health|gender|male|female|father|mother|political|phone|address|email)\b",
    re.IGNORECASE,
)
_SAFE = re.compile(r"[A-Za-z][A-Za-z0-9 ,.+#/&()'-]*[A-Za-z0-9+#)]")


@dataclass(frozen=True)
class Point:
    text: str
    weight: int
    must_have: bool
    accept_also: tuple[str, ...]
    common_wrong: tuple[str, ...]

    @classmethod
    def read(cls, line: str) -> "Point":
        head, *extras = (part.strip() for part in line.split("|"))
        marks = len(head) - len(head.lstrip("!"))
        also = tuple(extra.removeprefix("also:").strip() for extra in extras if extra.startswith("also:"))
        wrong = tuple(extra.removeprefix("wrong:").strip() for extra in extras if extra.startswith("wrong:"))
        return cls(head.lstrip("! ").strip(), 1 + marks, marks == 2, also, wrong)

    def shown(self) -> dict[str, Any]:
        return {
            "text": self.text[:MAX_POINT],
            "weight": self.weight,
            "must_have": self.must_have,
            "accept_also": list(self.accept_also),
            "common_wrong": list(self.common_wrong),
        }


@dataclass(frozen=True)
class Subject:
    """A topic with what a good answer says, and ways to ask about it: (difficulty, text)."""

    topic: str
    points: tuple[Point, ...]
    asks: tuple[tuple[str, str], ...]
    then: tuple[str, ...]


@dataclass(frozen=True)
class Candidate:
    text: str
    subject: Subject
    level: str
    quote: str | None = None


@lru_cache(maxsize=16)
def subjects(kind: str) -> Mapping[str, tuple[Subject, ...]]:
    path = SUBJECTS / f"{kind}.yaml"
    if not path.is_file():
        return {}
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {area: tuple(_subject(item) for item in items) for area, items in found.items()}


def _subject(item: Mapping[str, Any]) -> Subject:
    asks = tuple((level.strip(), text.strip()) for level, _, text in (ask.partition(":") for ask in item["asks"]))
    return Subject(item["topic"], tuple(Point.read(line) for line in item["points"]), asks, tuple(item["then"]))


def write(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """As many questions as are asked for, each unlike the others and unlike what is avoided; fewer when it must."""
    kind = str(data.get("type") or "technical")
    known = subjects(kind) or subjects("technical")
    areas = [str(area) for area in data.get("focus_areas") or []] or list(known)
    mix = [str(level) for level in data.get("difficulty_mix") or []] or [str(data.get("difficulty") or "medium")]
    count = int(data["count"]) if isinstance(data.get("count"), int) else len(areas)
    avoided = [str(text) for text in data.get("avoid") or []]
    writer = _Writer(kind, known, _documents(data), _role(data), avoided)
    made = []
    for at in range(max(0, count)):
        question = writer.question(areas[at % len(areas)], mix[at % len(mix)], at)
        if question is not None:
            made.append(question)
    return made


class _Writer:
    def __init__(
        self,
        kind: str,
        known: Mapping[str, Sequence[Subject]],
        quotes: Sequence[tuple[str, str]],
        role: str | None,
        avoided: Sequence[str],
    ) -> None:
        self._kind, self._known, self._quotes, self._role = kind, known, quotes, role
        self._taken = [(text.lower(), spoken(text)) for text in avoided]
        self._grounded, self._made = 0, 0

    def question(self, area: str, level: str, at: int) -> dict[str, Any] | None:
        for candidate in self._candidates(area, level, at):
            if not self._is_new(candidate.text):
                continue
            self._taken.append((candidate.text.lower(), spoken(candidate.text)))
            self._grounded += candidate.quote is not None
            self._made += 1
            return _shown(candidate, area, level)
        return None

    def _candidates(self, area: str, level: str, at: int) -> Iterator[Candidate]:
        """The nearest difficulty first, then plain before dressed, but with a quote while few have one."""
        pool = self._known.get(area) or next(iter(self._known.values()))
        asks = [(subject, tag, text) for subject in pool for tag, text in subject.asks]
        seed = (area, level, at, len(self._taken), self._role)
        near = sorted(shuffled(asks, *seed), key=lambda ask: _distance(ask[1], level))
        if self._quotes and self._grounded <= GROUNDED_SHARE * self._made:
            fresh = [ask for ask in near if not self._was_asked(ask[2])]
            for place, (subject, _, text) in enumerate((fresh or near)[:4]):
                yield self._quoted(subject, text, level, place + at)
        for subject, _, text in near:
            yield Candidate(self._addressed(text, *seed), subject, level)
        for scene in shuffled(FRAMES.get(self._kind, SCENES), *seed):
            for subject, _, text in near:
                yield Candidate(
                    f"{LEADS.get(self._kind, 'Imagine you work for {}.').format(scene)} {text}", subject, level
                )

    def _addressed(self, text: str, *seed: object) -> str:
        if self._role is None or share(*seed, text, "role") > 0.3 or self._kind in ("behavioral", "hr", "case"):
            return text
        return f"As {_article(self._role)} {self._role}: {_low(text)}"

    def _quoted(self, subject: Subject, text: str, level: str, at: int) -> Candidate:
        """Rest the question on the words that fit it best, else on the next ones in line."""
        wanted = terms(f"{text} {subject.topic}")
        start = at % len(self._quotes)
        rotated = [*self._quotes[start:], *self._quotes[:start]]
        source, quote = max(rotated, key=lambda pair: len(wanted & terms(pair[1])))
        where = "Your résumé mentions" if source == "resume" else "The job description asks for"
        return Candidate(f"{where} “{quote}”. {text}", subject, level, quote)

    def _was_asked(self, text: str) -> bool:
        own = spoken(text)
        return any(held(own, other) >= ASKED_BEFORE for _, other in self._taken)

    def _is_new(self, text: str) -> bool:
        if len(text) > MAX_TEXT or text.count("?") != 1:
            return False
        own, lowered = spoken(text), text.lower()
        return all(
            similarity(own, other) < TOO_SIMILAR and fuzz.token_sort_ratio(lowered, said) < TOO_SIMILAR_LETTERS
            for said, other in self._taken
        )


def spoken(text: str) -> frozenset[str]:
    """The words of a question without the smallest ones: what makes two questions sound alike."""
    return frozenset(word.lower() for word in words(text)) - SMALL


def _distance(tag: str, level: str) -> int:
    known = [one if one in LEVELS else "medium" for one in (tag, level)]
    return abs(LEVELS.index(known[0]) - LEVELS.index(known[1]))


def _shown(candidate: Candidate, area: str, level: str) -> dict[str, Any]:
    subject = candidate.subject
    points = subject.points[:POINTS_OF_EASY] if level == "easy" else subject.points
    essential = next(point for point in points if point.must_have)
    others = [point for point in points if point is not essential]
    return {
        "competency": area,
        "difficulty": level if level in LEVELS else "medium",
        "text": candidate.text,
        "key_points": [point.shown() for point in points],
        "anchors": {
            "low": f"Stays general about {subject.topic} and names none of the essential points.",
            "medium": f"Says in substance: {essential.text}; the rest stays open."[:MAX_ANCHOR],
            "high": f"Says in substance: {essential.text}; also: {others[0].text}, with reasons and a case."[
                :MAX_ANCHOR
            ],
        },
        "follow_ups": list(subject.then),
        "expected_seconds": SECONDS.get(level, SECONDS["medium"]),
        "source_quote": candidate.quote,
    }


def _documents(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Short verbatim phrases of the résumé and the job description that a question can rest on."""
    found = []
    for source in ("resume", "job_description"):
        text = data.get(source)
        if not isinstance(text, str):
            continue
        for piece in re.split(r"[\n\r;•|.!?]+|\s-\s", text):
            phrase = piece.strip(" ,:-")
            if _is_quotable(phrase):
                found.append((source, phrase))
    return shuffled(found, len(found), data.get("role"))


def _is_quotable(phrase: str) -> bool:
    """Neither personal nor an instruction, and short enough to be said."""
    if len(phrase) > MAX_QUOTE_CHARS or len(words(phrase)) not in QUOTE_WORDS:
        return False
    return bool(_SAFE.fullmatch(phrase)) and not _INSTRUCTION.search(phrase) and not _PERSONAL.search(phrase)


def _role(data: Mapping[str, Any]) -> str | None:
    role = data.get("role")
    if not isinstance(role, str) or not re.fullmatch(r"[A-Za-z][A-Za-z /+-]{2,40}", role.strip()):
        return None
    return None if _INSTRUCTION.search(role) else role.strip()


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeiou" else "a"


def _low(text: str) -> str:
    return text if text.startswith("I ") else text[:1].lower() + text[1:]
