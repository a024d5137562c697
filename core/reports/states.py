"""Words for where a report, its re-scoring and its review stand."""

from enum import StrEnum


class RescoreReason(StrEnum):
    MODEL_BACK = "model_back"
    """The rubric engine had judged; the model can be had again."""
    CORRECTED = "corrected"
    """The learner mended the transcript."""


class ReviewKind(StrEnum):
    REQUESTED = "requested"
    SAMPLE = "sample"


class ReviewStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
