"""How Vapi says no."""

from http import HTTPStatus

from starlette.responses import JSONResponse, PlainTextResponse, Response

WRONG_KEY = "Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa."


class Refusal(Exception):
    """A request that is answered with Vapi's error object; what a validation finds comes as a list."""

    def __init__(self, status: int, message: str | list[str]) -> None:
        super().__init__(str(message))
        self.status, self.message = status, message


class NoUserAgent(Exception):
    """The network in front of Vapi turns away a client that does not name itself."""


def answer(refusal: Refusal) -> Response:
    body = {"message": refusal.message, "error": HTTPStatus(refusal.status).phrase, "statusCode": refusal.status}
    return JSONResponse(body, status_code=refusal.status)


def turned_away() -> Response:
    return PlainTextResponse("error code: 1010", status_code=HTTPStatus.FORBIDDEN)


def of_status(status: int) -> Response:
    """The error Vapi gives with a status, for the `http_status` fault."""
    try:
        text = HTTPStatus(status).phrase
    except ValueError:
        text = "Error"
    return JSONResponse({"message": text, "error": text, "statusCode": status}, status_code=status)
