"""How Gemini says no. Wordings and details are those of recorded answers."""

from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
TEXT = {
    403: "The caller does not have permission",
    404: "Requested entity was not found.",
    500: "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
    503: "The model is overloaded. Please try again later.",
    504: "Deadline expired before operation could complete.",
}
RETRY_SECONDS = 2
_RPC = "type.googleapis.com/google.rpc"


class Refusal(Exception):
    def __init__(self, status: int, message: str, details: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.details = status, message, details


def answer(refusal: Refusal) -> Response:
    error: dict[str, Any] = {
        "code": refusal.status,
        "message": refusal.message,
        "status": STATUS.get(refusal.status, "UNKNOWN"),
    }
    if refusal.details:
        error["details"] = refusal.details
    return JSONResponse({"error": error}, status_code=refusal.status)


def invalid_key() -> Refusal:
    text = "API key not valid. Please pass a valid API key."
    details: list[dict[str, Any]] = [
        {
            "@type": f"{_RPC}.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": {"service": "generativelanguage.googleapis.com"},
        },
        {"@type": f"{_RPC}.LocalizedMessage", "locale": "en-US", "message": text},
    ]
    return Refusal(400, text, details)


def no_key() -> Refusal:
    text = (
        "Method doesn't allow unregistered callers (callers without established identity). "
        "Please use API Key or other form of API consumer identity to call this API."
    )
    return Refusal(403, text)


def of_status(status: int) -> Response:
    """The error Gemini gives with a status, for the `http_status` fault."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return answer(_quota())
    if status == HTTPStatus.BAD_GATEWAY:
        return Response("<html><title>502 Bad Gateway</title></html>", status_code=status, media_type="text/html")
    return answer(Refusal(status, TEXT.get(status, "Request contains an invalid argument.")))


def _quota() -> Refusal:
    metric = "generativelanguage.googleapis.com/generate_content_free_tier_requests"
    text = (
        "You exceeded your current quota, please check your plan and billing details. For more information on this "
        "error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n"
        f"* Quota exceeded for metric: {metric}, limit: 10\nPlease retry in {RETRY_SECONDS}s."
    )
    violation = {
        "quotaMetric": metric,
        "quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier",
        "quotaDimensions": {"location": "global", "model": "gemini-3.8-flash"},
        "quotaValue": "10",
    }
    link = {
        "description": "Learn more about Gemini API quotas",
        "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
    }
    details: list[dict[str, Any]] = [
        {"@type": f"{_RPC}.QuotaFailure", "violations": [violation]},
        {"@type": f"{_RPC}.Help", "links": [link]},
        {"@type": f"{_RPC}.RetryInfo", "retryDelay": f"{RETRY_SECONDS}s"},
    ]
    return Refusal(429, text, details)
