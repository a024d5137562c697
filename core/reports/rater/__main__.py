"""Reads JSON lines on standard input and prints a rating for each.

`{id, question, references: […] | key_points: […], answer}` gives `{id, score, flags}`; a line that cannot be read
gives `{id, error}` and the rest goes on.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from core.reports.rater import rate


def rated(line: str) -> dict[str, Any]:
    try:
        item = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {"id": None, "error": "this line is no JSON"}
    if not isinstance(item, dict):
        return {"id": None, "error": "this line is no JSON object"}
    problem = _problem(item)
    if problem:
        return {"id": item.get("id"), "error": problem}
    rating = rate(
        item.get("question") or "",
        answer=item["answer"],
        references=item.get("references") or (),
        key_points=item.get("key_points") or (),
    )
    return {"id": item.get("id"), "score": rating.score, "flags": list(rating.flags)}


def _refuse(constant: str) -> None:
    """Python reads NaN and Infinity, which are no JSON and could not be handed back."""
    raise ValueError(constant)


def _problem(item: Mapping[str, Any]) -> str | None:
    if not isinstance(item.get("answer"), str):
        return "answer: a text is needed"
    if not isinstance(item.get("question") or "", str):
        return "question: a text is needed"
    for name in ("references", "key_points"):
        given = item.get(name)
        if given is not None and not (isinstance(given, list) and all(isinstance(text, str) for text in given)):
            return f"{name}: a list of texts is needed"
    if not item.get("references") and not item.get("key_points"):
        return "references or key_points: one of them is needed"
    return None


def main() -> None:
    for raw in sys.stdin.buffer:
        line = raw.decode("utf-8", errors="replace").strip()
        if line:
            # Escaped, for a text may hold half a character that no encoding can write.
            sys.stdout.write(json.dumps(rated(line)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
