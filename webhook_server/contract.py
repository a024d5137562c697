"""The OpenAPI document: what the routes say of themselves, and what holds for all of them."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from webhook_server.errors import TITLES
from webhook_server.examples import BODIES, CURSOR, IDS
from webhook_server.idempotency import HEADER, REPLAYED

PROBLEM = "application/problem+json"
PATH_ID = "^[a-z]{3}_[0-9A-Za-z]{1,64}$"
WITH_BODY = ("post", "put", "patch", "delete")
TAGS = {
    "account": "Signing up and in, and what a person may do with everything that is theirs.",
    "interviews": "Set up, held, read, deleted.",
    "payments": "Paying for an interview.",
    "cohorts": "A coach's cohorts, and a learner's own memberships.",
    "webhooks": "Where the providers post, with a signature over the raw body.",
    "operations": "Whether the server works, and what an operator asks.",
}
DESCRIPTION = """\
Mock interviews with a scored report that proves its claims.

Names are camelCase, times RFC 3339 in UTC, money whole minor units of the currency, scores whole numbers 0-100 or null
where there is too little to judge. Lists come newest first in pages: pass `nextCursor` on as `cursor`. What is not
yours reads like what is not there. A call that creates something may carry an `Idempotency-Key`: repeated with it
within a day it is answered as the first time. Errors are `application/problem+json` (RFC 9457); decide by `code`.
"""

PROVIDER = (502, 503, 504)
MORE: Mapping[str, tuple[int, ...]] = {
    "authRegister": (409,),
    "authToken": (401,),
    "authRefresh": (401,),
    "meDelete": (401, 409),
    "interviewsStart": (402, 409, *PROVIDER),
    "interviewsAnswer": (409,),
    "interviewsComplete": (409,),
    "interviewsDelete": (409,),
    "interviewsReport": (409,),
    "interviewsReportAsPdf": (409,),
    "interviewsTranscript": (409,),
    "retriesRetry": (409, *PROVIDER),
    "paymentsCreate": (404, 409, *PROVIDER),
    "paymentsVerify": (402, 404, 409, *PROVIDER),
    "cohortsJoin": (404, 409),
    "cohortsInvite": (409,),
    "cohortsOverride": (409,),
    "cohortsSharedReport": (409,),
    "webhooksVapi": (400, 401),
    "webhooksRazorpay": (400, 401),
    "adminReplayEvent": (409,),
}
"""What single operations may answer beside what follows from their form."""
FILES: Mapping[str, tuple[str, str]] = {
    "interviewsReportAsPdf": ("application/pdf", "The report."),
    "meExport": ("application/zip", "JSON of everything held of the caller, and the reports as PDF."),
    "cohortsExport": ("text/csv", "Every shared interview, safe to open in a spreadsheet."),
}
"""Operations whose answer is a file."""
FOR_ROLES = ("cohorts", "admin")
OPEN_TO_LEARNERS = ("cohortsJoin", "cohortsListMemberships", "cohortsChangeShare", "cohortsWithdraw")


class FieldError(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """An error (RFC 9457). `code` is for programs, `detail` for people."""

    model_config = ConfigDict(extra="allow", alias_generator=to_camel)

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldError] | None = None


def operation_id(route: APIRoute) -> str:
    """Module and function, which stay when a path changes: `interviewsSetUp`."""
    return to_camel(f"{route.endpoint.__module__.rpartition('.')[2]}_{route.name}")


def install(app: FastAPI) -> None:
    """Have the application give out the completed document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(
                get_openapi(
                    title=app.title,
                    version=app.version,
                    description=DESCRIPTION,
                    routes=app.routes,
                    tags=[{"name": name, "description": words} for name, words in TAGS.items()],
                )
            )
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    components = document["components"]
    components["headers"] = HEADERS
    schemas = components["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    if operation["operationId"] in FILES:
        media_type, words = FILES[operation["operationId"]]
        content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
        responses["200"] = {"description": words, "content": content}
    parameters = operation.setdefault("parameters", [])
    creates = "201" in responses and "security" in operation
    if creates:
        parameters.append(IDEMPOTENCY_KEY)
    for parameter in parameters:
        _describe(parameter)
    _show_examples(operation.get("requestBody", {}))
    for status, response in responses.items():
        _show_examples(response)
        response["headers"] = _headers(path, status, creates)
    for status in sorted(_problems(path, method, operation)):
        responses.setdefault(str(status), _problem(path, status))


def _problems(path: str, method: str, operation: Mapping[str, Any]) -> set[int]:
    """Which errors an operation may answer with."""
    name = operation["operationId"]
    if not path.startswith("/api/"):
        return {500, 503}
    found = {429, 500, 503, *MORE.get(name, ())}
    if method in WITH_BODY:
        found |= {413} if path.startswith("/api/webhooks/") else {413, 415}
    if "requestBody" in operation or any(p["in"] != "path" for p in operation["parameters"]):
        found.add(400)
    if "{" in path:
        found.add(404)
    if "security" in operation:
        found.add(401)
    if "201" in operation["responses"] and "security" in operation:
        found.add(409)
    if name.startswith(FOR_ROLES) and name not in OPEN_TO_LEARNERS:
        found.add(403)
    return found


def _problem(path: str, status: int) -> dict[str, Any]:
    example = {
        "type": "urn:greenroom:error:some_code",
        "title": TITLES[status],
        "status": status,
        "detail": "What happened, in a sentence for people.",
        "code": "some_code",
        "requestId": "5f0c8f6e2b1d4f7a9c3e6d8b7a1f2c40",
    }
    return {
        "description": TITLES[status],
        "headers": _headers(path, str(status), creates=False),
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }


def _headers(path: str, status: str, creates: bool) -> dict[str, Any]:
    names = ["X-Request-ID"]
    if path.startswith("/api/"):
        names += ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy"]
    if status in ("202", "429", "503"):
        names.append("Retry-After")
    if status == "401":
        names.append("WWW-Authenticate")
    if status == "201" and creates:
        names.append(REPLAYED)
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _describe(parameter: dict[str, Any]) -> None:
    name = parameter["name"]
    if parameter["in"] == "path":
        parameter["schema"] = {"type": "string", "pattern": PATH_ID}
        parameter["example"] = IDS[name]
    elif name == "cursor":
        parameter["description"] = "`nextCursor` of the page before."
        parameter["example"] = CURSOR


def _show_examples(message: Mapping[str, Any]) -> None:
    for media in message.get("content", {}).values():
        model = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
        if model in BODIES:
            media["example"] = BODIES[model]


def _whole(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "integer", "minimum": 0}}


def _words(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


HEADERS = {
    "X-Request-ID": _words("Names this call in our logs."),
    "RateLimit-Limit": _whole("Calls allowed in the window of the limit that is nearest to its end."),
    "RateLimit-Remaining": _whole("How many of them are left."),
    "RateLimit-Reset": _whole("Seconds until that window is over."),
    "RateLimit-Policy": _words("Every limit that was looked at: `300;w=60` is 300 in 60 seconds."),
    "Retry-After": _whole("Seconds to wait before the next try."),
    "WWW-Authenticate": _words("`Bearer`"),
    REPLAYED: _words("`true` where this is the answer to an earlier call with the same Idempotency-Key."),
}
IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Names this call for a day: repeated with the same body it is answered as the first time, with "
    "another body it is refused (400 `idempotency_key_reused`), while the first is in work 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "4b1c2f0e-6a1d-4f57-9d53-0c2f8f4f7b11",
}
