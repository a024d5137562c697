"""Holds what the product answers against the OpenAPI document it gives out."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import jsonschema_rs

PLACE = re.compile(r"\{[^}]+\}")


@dataclass(frozen=True)
class Operation:
    path: str
    method: str
    told: dict[str, Any]
    pattern: re.Pattern[str]

    @property
    def name(self) -> str:
        name: str = self.told["operationId"]
        return name

    def parameters(self, place: str) -> list[dict[str, Any]]:
        return [p for p in self.told["parameters"] if p["in"] == place]


@dataclass
class Contract:
    document: dict[str, Any]
    seen: set[tuple[str, int]] = field(default_factory=set)

    def operations(self) -> Iterator[Operation]:
        for path, operations in self.document["paths"].items():
            pattern = re.compile("[^/]+".join(re.escape(part) for part in PLACE.split(path)))
            for method, told in operations.items():
                yield Operation(path, method.upper(), told, pattern)

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation a call is for; of several, the one with the fewest places (as routes are matched)."""
        found = [o for o in self.operations() if o.method == method and o.pattern.fullmatch(path)]
        return min(found, key=lambda o: o.path.count("{"), default=None)

    def problems_of(self, schema: dict[str, Any], value: Any) -> list[str]:
        validator = jsonschema_rs.validator_for({**schema, "components": self.document["components"]})
        return [f"{'.'.join(map(str, e.instance_path))}: {e.message}" for e in validator.iter_errors(value)]

    def check(self, reply: httpx.Response) -> None:
        """Fail where an answer is not as documented. For `httpx.Client(event_hooks={"response": [contract.check]})`."""
        operation = self.operation(reply.request.method, reply.request.url.path)
        if operation is None:
            return
        where = f"{operation.name} answered {reply.status_code}"
        told = operation.told["responses"].get(str(reply.status_code))
        assert told is not None, f"{where}, which is not documented: {reply.read()[:300]!r}"
        self.seen.add((operation.name, reply.status_code))
        content = told.get("content", {})
        raw = reply.read()
        if not content:
            assert raw == b"", f"{where} with a body that is not documented"
            return
        media_type = reply.headers["content-type"].split(";")[0]
        assert media_type in content, f"{where} as {media_type}"
        if media_type.endswith("json"):
            problems = self.problems_of(content[media_type]["schema"], json.loads(raw))
            assert problems == [], f"{where}: {problems}"
        for header in told["headers"]:
            required = header.startswith("X-Request") or header.startswith("RateLimit")
            assert header in reply.headers or not required, f"{where} without {header}"
