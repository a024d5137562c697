"""A question of a report answered again."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from core.interviews.rules import MAX_ANSWER_CHARS
from core.reports import retrying
from webhook_server.deps import App, Caller
from webhook_server.idempotency import CreatingRoute
from webhook_server.wire import RequestBody, Wire

router = APIRouter(prefix="/api/interviews", tags=["interviews"], route_class=CreatingRoute)


class RetryRequest(RequestBody):
    question_order: Annotated[int, Field(ge=1, le=100)]
    text: Annotated[str, Field(max_length=MAX_ANSWER_CHARS + 1)]


class RetryReply(Wire):
    """Scores 0-100, null where there was too little to judge."""

    question_order: int
    before: int | None
    after: int | None
    feedback: str


@router.post("/{session_id}/retries", status_code=201)
def retry(session_id: str, body: RetryRequest, app: App, caller: Caller) -> RetryReply:
    app.rates.hit("retries", caller.user_id)
    made = retrying.retry(app, caller, session_id, question_order=body.question_order, text=body.text)
    return RetryReply.model_validate(made)
