"""As much of Helm's template language as the chart uses, so that it can be rendered where there is no Helm.

Fields of `.Values` and of a range's variables, `quote`, `toJson`, ranges and `{{-`. Anything else is refused.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

ACTION = re.compile(r"(\s*)\{\{(-?)\s*(.*?)\s*\}\}")
RANGE = re.compile(r"range (?:(\$\w+), )?(\$\w+) := (\S+)")
FILTERS: dict[str, Callable[[Any], str]] = {"quote": lambda value: json.dumps(str(value)), "toJson": json.dumps}


def render(text: str, values: Mapping[str, Any]) -> str:
    """Raises: ValueError for what the chart may not use, KeyError for a value that is not there."""
    pieces, at = [], 0
    for found in ACTION.finditer(text):
        blank, trims, action = found.groups()
        pieces.append(("text", text[at : found.start()] + ("" if trims else blank)))
        pieces.append(("action", action))
        at = found.end()
    pieces.append(("text", text[at:]))
    out, rest = _render(pieces, {"$": {"Values": values}, "": {"Values": values}})
    if rest:
        raise ValueError("an end too many")
    return out


def _render(pieces: list[tuple[str, str]], names: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    out = ""
    while pieces:
        (kind, content), *pieces = pieces
        if kind == "text":
            out += content
        elif content == "end":
            return out, [("action", "end"), *pieces]
        elif loop := RANGE.fullmatch(content):
            key, value, over = loop.groups()
            held = _value(over, names)
            turns = sorted(held.items()) if isinstance(held, dict) else list(enumerate(held))
            after = _render(pieces, {**names, **({key: None} if key else {}), value: _Anything()})[1]
            for name, thing in turns:
                out += _render(pieces, {**names, **({key: name} if key else {}), value: thing})[0]
            if not after:
                raise ValueError("a range without an end")
            pieces = after[1:]
        else:
            out += _expression(content, names)
    return out, []


class _Anything(dict[str, Any]):
    """Stands for a range's value while its end is looked for."""

    def __missing__(self, _key: str) -> "_Anything":
        return _Anything()


def _expression(text: str, names: Mapping[str, Any]) -> str:
    path, *filters = [part.strip() for part in text.split("|")]
    value = _value(path, names)
    for name in filters:
        if name not in FILTERS:
            raise ValueError(f"{name} is no filter the chart may use")
        value = FILTERS[name](value)
    return str(value)


def _value(path: str, names: Mapping[str, Any]) -> Any:
    first, *fields = path.split(".")
    if not re.fullmatch(r"\$?\w*", first) or first not in names:
        raise ValueError(f"{path} is nothing the chart may use")
    value = names[first]
    for field in fields:
        value = value[field]
    return value
