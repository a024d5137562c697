"""Makes any answer fit the schema of a request, as constrained decoding does with the real model.

Both dialects are read: JSON Schema (`responseJsonSchema`) and Google's (`responseSchema`, types in capitals, nested
keys in camel case or snake case).
"""

import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
MAX_DEPTH = 24
_FILL = "none given"


def read(schema: Schema) -> dict[str, Any]:
    """A schema with its references put in place and its keys in one spelling. A recursive one is cut off."""
    return _resolve(dict(schema), schema.get("$defs") or schema.get("defs") or {}, 0)


def _resolve(node: Any, definitions: Mapping[str, Any], depth: int) -> dict[str, Any]:
    if not isinstance(node, dict) or depth > MAX_DEPTH:
        return {}
    if isinstance(node.get("$ref"), str):
        target = definitions.get(node["$ref"].rsplit("/", 1)[-1], {})
        return _resolve({**target, **{k: v for k, v in node.items() if k != "$ref"}}, definitions, depth + 1)
    plain = {camel(key): value for key, value in node.items() if key not in ("$defs", "defs")}
    if isinstance(plain.get("properties"), dict):
        plain["properties"] = {k: _resolve(v, definitions, depth + 1) for k, v in plain["properties"].items()}
    if "items" in plain:
        plain["items"] = _resolve(plain["items"], definitions, depth + 1)
    for several in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if isinstance(plain.get(several), list):
            plain[several] = [_resolve(item, definitions, depth + 1) for item in plain[several]]
    return plain


def camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


def properties(schema: Schema) -> frozenset[str]:
    """The names at the top, in snake case."""
    return frozenset(_snake(name) for name in _parts(schema).get("properties") or {})


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _parts(schema: Schema) -> Schema:
    """The schema itself, or the first of its alternatives that is more than null."""
    for several in ("anyOf", "oneOf", "allOf"):
        options = [option for option in schema.get(several) or [] if _kind(option) != "null"]
        if options:
            return {**{k: v for k, v in schema.items() if k != several}, **options[0]}
    return schema


def _kind(schema: Schema) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((k for k in kind if str(k).lower() != "null"), "null")
    if kind is None:
        kind = "object" if schema.get("properties") else "array" if "items" in schema else "string"
        if "anyOf" in schema or "oneOf" in schema or "allOf" in schema:
            return _kind(_parts(schema))
    return str(kind).lower()


def _may_be_null(schema: Schema) -> bool:
    kind = schema.get("type")
    options = [*(schema.get("anyOf") or []), *(schema.get("oneOf") or [])]
    listed = isinstance(kind, list) and "null" in [str(k).lower() for k in kind]
    return bool(schema.get("nullable")) or listed or any(_kind(option) == "null" for option in options)


def conform(value: Any, schema: Schema) -> Any:
    """The value as far as the schema lets it stand; what is missing is filled with the smallest thing that is valid."""
    if value is None and _may_be_null(schema):
        return None
    part = _parts(schema)
    if "const" in part:
        return part["const"]
    if part.get("enum"):
        return _of_enum(value, list(part["enum"]))
    match _kind(part):
        case "object":
            return _object(value, part)
        case "array":
            return _array(value, part)
        case "integer":
            return int(_number(value, part))
        case "number":
            return _number(value, part)
        case "boolean":
            return bool(value)
        case "null":
            return None
        case _:
            return _string(value, part)


def _of_enum(value: Any, options: list[Any]) -> Any:
    if value in options:
        return value
    by_name = {str(option).lower().replace("_", ""): option for option in options}
    return by_name.get(str(value).lower().replace("_", ""), options[0])


def _object(value: Any, schema: Schema) -> dict[str, Any]:
    given = {_snake(str(key)): item for key, item in value.items()} if isinstance(value, dict) else {}
    listed = schema.get("properties") or {}
    if not listed:
        return dict(value) if isinstance(value, dict) else {}
    required = schema.get("required") or []
    order = schema.get("propertyOrdering") or [*required, *(name for name in listed if name not in required)]
    made = {}
    for name in order:
        if name in listed and (_snake(name) in given or name in required):
            made[name] = conform(given.get(_snake(name)), listed[name])
    return made


def _array(value: Any, schema: Schema) -> list[Any]:
    items = schema.get("items") or {}
    made = [conform(item, items) for item in value] if isinstance(value, list | tuple) else []
    least, most = int(schema.get("minItems") or 0), schema.get("maxItems")
    made += [conform(None, items) for _ in range(least - len(made))]
    return made[: int(most)] if most is not None else made


def _number(value: Any, schema: Schema) -> float:
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
    low, high = schema.get("minimum"), schema.get("maximum")
    number = max(number, float(low)) if low is not None else number
    return min(number, float(high)) if high is not None else number


def _string(value: Any, schema: Schema) -> str:
    text = value if isinstance(value, str) else _FILL if value is None else str(value)
    least, most = int(schema.get("minLength") or 0), schema.get("maxLength")
    text = text.ljust(least, ".")
    return text[: int(most)] if most is not None else text
