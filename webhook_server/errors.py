"""Every error leaves as problem+json (RFC 9457). Two tables say what a kind and a bare status mean."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from psycopg import OperationalError as InboxUnavailable
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import compile_path

from core.errors import AppError, Busy, FieldProblem, Kind, TooManyRequests
from core.metrics import API_ERRORS

log = structlog.get_logger(__name__)

STATUS = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.PAYMENT_REQUIRED: 402,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.TOO_LARGE: 413,
    Kind.LIMITED: 429,
    Kind.BUSY: 503,
    Kind.PROVIDER_REFUSED: 502,
    Kind.PROVIDER_DOWN: 503,
    Kind.PROVIDER_TIMEOUT: 504,
}
TITLES = {
    400: "The input is not valid",
    401: "Sign in first",
    402: "Payment required",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "The state does not allow it",
    413: "Too large",
    415: "Not JSON",
    429: "Too many requests",
    500: "Something broke on our side",
    502: "A provider answered wrongly",
    503: "A part is not available",
    504: "A provider did not answer",
}
CODES = {
    400: "invalid_input",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_json",
}


def request_id(request: Request) -> str:
    found: str = getattr(request.state, "request_id", "none")
    return found


def problem(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    **extra: Any,
) -> JSONResponse:
    API_ERRORS.labels(str(status), code).inc()
    body: dict[str, Any] = {
        "type": f"urn:greenroom:error:{code}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
        "requestId": request_id(request),
        **extra,
    }
    if errors:
        body["errors"] = list(errors)
    return JSONResponse(body, status, dict(headers or {}), media_type="application/problem+json")


async def on_app_error(request: Request, exc: Exception) -> JSONResponse:
    if not isinstance(exc, AppError):
        raise exc
    if exc.kind is Kind.NOT_FOUND and _has_other_methods(request):
        # `setup` is no interview: its path has methods of its own, and this is none of them.
        return await on_http(request, HTTPException(405))
    status = STATUS[exc.kind]
    level = log.error if exc.alert or status in (500, 502) else log.info
    level("refused", **{**exc.facts, "code": exc.code, "status": status})
    headers: dict[str, str] = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if isinstance(exc, TooManyRequests | Busy):
        headers["Retry-After"] = str(exc.retry_after_seconds)
    errors = [{"field": exc.field, "message": exc.message}] if isinstance(exc, FieldProblem) else []
    extra = {"fallback": exc.facts["fallback"]} if "fallback" in exc.facts else {}
    return problem(request, status, exc.code, exc.message, errors=errors, headers=headers, **extra)


async def on_validation(request: Request, exc: Exception) -> JSONResponse:
    if not isinstance(exc, RequestValidationError):
        raise exc
    errors = [
        {
            "field": ".".join(str(p) for p in e["loc"] if p not in ("body", "query", "path", "header")) or "body",
            "message": str(e["msg"])[:200],
        }
        for e in exc.errors()
    ]
    return problem(request, 400, "invalid_input", "Some fields cannot be taken.", errors=errors)


async def on_http(request: Request, exc: Exception) -> JSONResponse:
    if not isinstance(exc, HTTPException):
        raise exc
    status = 400 if exc.status_code == 422 else exc.status_code
    detail = TITLES.get(status, str(exc.detail)) + "."
    headers = {"Allow": _allowed(request)} if status == 405 else exc.headers
    return problem(request, status, CODES.get(status, "error"), detail, headers=headers)


def _allowed(request: Request) -> str:
    """Every method of the path: the routing names those of the first route alone, and each method is one."""
    path = request.url.path
    methods = [operations for told, operations in _told(request.app) if told == path] or [
        operations for told, operations in _told(request.app) if compile_path(told)[0].match(path)
    ]
    return ", ".join(sorted({method.upper() for operations in methods for method in operations}))


def _told(app: FastAPI) -> list[tuple[str, list[str]]]:
    """Every path of the OpenAPI document with its methods."""
    return [(path, list(operations)) for path, operations in app.openapi()["paths"].items()]


def _has_other_methods(request: Request) -> bool:
    """Whether this very address, and not one with an id in its place, is there for other methods."""
    return any(
        path == request.url.path and request.method.lower() not in methods for path, methods in _told(request.app)
    )


async def on_lost_database(request: Request, exc: Exception) -> JSONResponse:
    """The database is restarting or every connection is taken: worth another try, and nothing was done."""
    log.warning("database is not to be had", error=type(exc).__name__, request_id=request_id(request))
    detail = "This did not work just now. Nothing was changed; try again in a moment."
    return problem(request, 503, "database_unavailable", detail, headers={"Retry-After": "2"})


async def on_bug(request: Request, exc: Exception) -> JSONResponse:
    log.error("unforeseen", error=type(exc).__name__, request_id=request_id(request), exc_info=exc)
    return problem(request, 500, "internal_error", f"Something broke on our side. Quote {request_id(request)}.")


async def on_gone(_request: Request, _exc: Exception) -> Response:
    """Whoever asked hung up within their body: nobody reads it, but it is counted, and is no fault of ours."""
    return Response(status_code=400)


HANDLERS: Mapping[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    AppError: on_app_error,
    RequestValidationError: on_validation,
    HTTPException: on_http,
    OperationalError: on_lost_database,
    InboxUnavailable: on_lost_database,
    PoolTimeout: on_lost_database,
    ClientDisconnect: on_gone,
}


def install(app: FastAPI) -> None:
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)


async def answer(request: Request, exc: Exception) -> Response:
    """What the application answers to an error, for what stands before its routes. Raises `exc` where it is a bug."""
    for kind in type(exc).__mro__:
        if handler := HANDLERS.get(kind):
            return await handler(request, exc)
    raise exc
