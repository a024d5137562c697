"""What can be chosen for an interview: types, their focus areas, difficulties, durations and prices."""

from enum import StrEnum
from types import MappingProxyType


class InterviewType(StrEnum):
    BEHAVIORAL = "behavioral"
    TECHNICAL = "technical"
    SYSTEM_DESIGN = "system_design"
    CODING = "coding"
    CASE = "case"
    HR = "hr"


class Difficulty(StrEnum):
    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"
    EXPERT = "expert"

    @property
    def level(self) -> int:
        """1 (easy) to 4 (expert), as stored beside each question."""
        return list(Difficulty).index(self) + 1


class Mode(StrEnum):
    VOICE = "voice"
    TEXT = "text"


MIN_FOCUS_AREAS, MAX_FOCUS_AREAS = 1, 5
MIN_MINUTES, MAX_MINUTES = 10, 60

FOCUS_AREAS = MappingProxyType(
    {
        InterviewType.BEHAVIORAL: (
            "teamwork",
            "conflict",
            "leadership",
            "ownership",
            "adaptability",
            "communication",
            "failure_and_learning",
            "prioritisation",
        ),
        InterviewType.TECHNICAL: (
            "programming_fundamentals",
            "data_structures",
            "databases",
            "apis",
            "operating_systems",
            "networking",
            "testing",
            "security",
            "cloud",
            "machine_learning",
        ),
        InterviewType.SYSTEM_DESIGN: (
            "scalability",
            "data_modelling",
            "caching",
            "messaging",
            "reliability",
            "api_design",
            "observability",
        ),
        InterviewType.CODING: (
            "arrays_and_strings",
            "hashing",
            "trees_and_graphs",
            "dynamic_programming",
            "sorting_and_searching",
            "complexity",
            "debugging",
        ),
        InterviewType.CASE: (
            "market_sizing",
            "profitability",
            "market_entry",
            "pricing",
            "operations",
            "product_strategy",
        ),
        InterviewType.HR: (
            "motivation",
            "career_goals",
            "strengths_and_weaknesses",
            "work_style",
            "culture_fit",
            "offer_and_notice",
        ),
    }
)


def question_count(minutes: int) -> int:
    """How many main questions fit a duration: one per four minutes, at least three, at most twelve."""
    return max(3, min(12, minutes // 4))
