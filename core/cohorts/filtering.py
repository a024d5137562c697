"""What filters ask of single facts, as SQL; roll-ups are filtered by their own columns (`figures`)."""

from datetime import timedelta
from typing import Any

from core.cohorts.types import Filters

OF_KIND = "AND (:type = '' OR f.type = :type) AND (:difficulty = '' OR f.difficulty = :difficulty)"
IN_TIME = "AND f.at >= :first AND f.at < :after"
"""Conditions on `cohort_facts f`, for `parameters`."""


def parameters(filters: Filters) -> dict[str, Any]:
    """What `OF_KIND` and `IN_TIME` are given."""
    after = filters.last + timedelta(days=1) if filters.last else None
    return {
        "first": filters.first.isoformat() if filters.first else "-infinity",
        "after": after.isoformat() if after else "infinity",
        "type": filters.type or "",
        "difficulty": filters.difficulty or "",
    }
