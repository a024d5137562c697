"""How Razorpay says no."""

from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response


class Refusal(Exception):
    """A request that is answered with Razorpay's error object."""

    def __init__(
        self, description: str, *, status: int = 400, field: str | None = None, code: str = "BAD_REQUEST_ERROR"
    ) -> None:
        super().__init__(description)
        self.status = status
        self.error: dict[str, Any] = {"code": code, "description": description}
        if status != HTTPStatus.UNAUTHORIZED:
            self.error |= {
                "source": "business",
                "step": "payment_initiation",
                "reason": "input_validation_failed",
                "metadata": {},
            }
        if field is not None:
            self.error["field"] = field


def answer(refusal: Refusal) -> Response:
    return JSONResponse({"error": refusal.error}, status_code=refusal.status)


def of_status(status: int) -> Response:
    """The error Razorpay gives with a status, for the `http_status` fault."""
    if status == HTTPStatus.UNAUTHORIZED:
        return answer(Refusal("Authentication failed", status=status))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return answer(Refusal("Request failed", status=status))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        gateway = status in (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT)
        code = "GATEWAY_ERROR" if gateway else "SERVER_ERROR"
        text = "We are facing some trouble completing your request at the moment. Please try again shortly."
        return answer(Refusal(text, status=status, code=code))
    return answer(Refusal("The request could not be processed", status=status))
