"""Answers fit the schema of the request, whatever is put into them."""

from typing import Any

import jsonschema_rs
import pytest

from sandbox.gemini import schema
from sandbox.gemini.request import find_data

WANTED: dict[str, Any] = {
    "type": "object",
    "$defs": {
        "Level": {"enum": ["low", "high"]},
        "Point": {
            "type": "object",
            "properties": {
                "id": {"type": "string", "minLength": 2, "maxLength": 4},
                "quote": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "level": {"$ref": "#/$defs/Level"},
            },
            "required": ["id", "quote", "level"],
            "additionalProperties": False,
        },
    },
    "properties": {
        "points": {"type": "array", "items": {"$ref": "#/$defs/Point"}, "minItems": 2, "maxItems": 3},
        "count": {"type": "integer", "minimum": 1, "maximum": 5},
        "share": {"type": ["number", "null"]},
        "good": {"type": "boolean"},
        "extra": {"type": "string"},
    },
    "required": ["points", "count", "share", "good"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    "given",
    [
        None,
        {},
        {"points": "none", "count": 99, "share": None},
        {"points": [{"id": "much too long", "quote": None, "level": "LOW"}] * 9, "count": -3, "unknown": 1},
        {"points": [{"quote": 7, "level": "medium"}], "extra": 12, "good": 1},
        [1, 2],
    ],
    ids=str,
)
def test_whatever_is_given_becomes_valid(given: Any) -> None:
    made = schema.conform(given, schema.read(WANTED))
    jsonschema_rs.validate(WANTED, made)


def test_what_fits_is_kept_as_it_is_in_the_order_of_the_required() -> None:
    point = {"id": "k1", "quote": "said", "level": "high"}
    given = {"good": True, "share": 0.5, "points": [point, point], "count": 2}
    made = schema.conform(given, schema.read(WANTED))
    assert made == given
    assert list(made) == ["points", "count", "share", "good"]


def test_googles_own_dialect_is_read_too() -> None:
    given = {
        "type": "OBJECT",
        "property_ordering": ["second", "first"],
        "properties": {
            "first": {"type": "STRING", "nullable": True},
            "second": {"type": "ARRAY", "min_items": "1", "items": {"type": "INTEGER"}},
        },
        "required": ["first", "second"],
    }
    made = schema.conform({"first": None}, schema.read(given))
    assert made == {"second": [0], "first": None}
    assert list(made) == ["second", "first"]


def test_camel_and_snake_case_meet() -> None:
    wanted = {"type": "object", "properties": {"keyPoints": {"type": "string"}}, "required": ["keyPoints"]}
    assert schema.conform({"key_points": "a"}, schema.read(wanted)) == {"keyPoints": "a"}
    assert schema.properties(wanted) == {"key_points"}


def test_a_schema_that_contains_itself_is_cut_off() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}, "required": ["next"]}
    assert schema.conform(None, schema.read({"$defs": {"Node": node}, "$ref": "#/$defs/Node"}))["next"]


@pytest.mark.parametrize(
    "text",
    [
        '{"task": "coach", "n": 1}',
        'Read this: {"other": {"deep": true}} and then\n```\n{"task": "coach", "n": 1}\n```',
        'DATA-1\n{"task": "coach", "n": 1}\nDATA-1 }{',
    ],
)
def test_the_task_is_found_wherever_it_stands(text: str) -> None:
    assert find_data(text) == {"task": "coach", "n": 1}


def test_without_a_task_the_largest_object_counts() -> None:
    assert find_data('{"a": 1} {"b": {"c": 2}} nothing') == {"b": {"c": 2}}
    assert find_data("no object here") == {}
