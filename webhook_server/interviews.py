"""Interviews: set up, held, read, deleted."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import Field, StrictInt

from core.analytics import service as analytics
from core.interviews import catalogue, erasure, flows, rules, service
from core.interviews.catalogue import Difficulty, InterviewType, Mode
from core.interviews.types import AskedQuestion, HistoryItem, Patience, QuestionsSource, SessionStatus, SessionView
from core.reports import service as reports
from core.reports.pdf import report_pdf
from core.reports.types import Report
from webhook_server.deps import App, Caller, Limit
from webhook_server.idempotency import CreatingRoute
from webhook_server.wire import RequestBody, Wire

router = APIRouter(prefix="/api", tags=["interviews"], route_class=CreatingRoute)
REPORT_POLL_SECONDS = "2"


Document = Annotated[str | None, Field(max_length=rules.MAX_DOCUMENT_CHARS)]


class SetupRequest(RequestBody):
    type: InterviewType
    difficulty: Difficulty
    focus_areas: Annotated[
        list[str], Field(min_length=catalogue.MIN_FOCUS_AREAS, description="Of the type's, see `GET /api/catalogue`.")
    ]
    mode: Mode
    duration_minutes: Annotated[StrictInt, Field(ge=catalogue.MIN_MINUTES, le=catalogue.MAX_MINUTES)]
    language: Annotated[str | None, Field(json_schema_extra={"enum": [*rules.LANGUAGES, None]})] = None
    role: Annotated[str | None, Field(max_length=rules.MAX_ROLE_CHARS)] = None
    job_description: Document = None
    resume_text: Document = None
    patience: Annotated[Patience, Field(description="How long a pause is before it ends an answer.")] = Patience.NORMAL
    extra_time: Annotated[
        StrictInt,
        Field(json_schema_extra={"enum": list(rules.EXTRA_TIMES)}, description="Per cent of time on top, at no cost."),
    ] = 0


class PriceLineReply(Wire):
    label: str
    amount: int


class PricingReply(Wire):
    amount: int
    currency: str
    lines: list[PriceLineReply]


class SetupReply(Wire):
    session_id: str
    status: SessionStatus
    question_count: int
    questions_source: QuestionsSource
    pricing: PricingReply


class QuestionReply(Wire):
    order: int
    text: str
    is_follow_up: bool


class ClientConfig(Wire):
    sdk_url: str
    seconds_left: int


class StartReply(Wire):
    status: SessionStatus
    mode: Mode
    call_id: str
    web_call_url: str | None = None
    client_config: ClientConfig | None = None
    first_question: QuestionReply | None = None


class AnswerRequest(RequestBody):
    text: Annotated[str, Field(min_length=1, max_length=rules.MAX_ANSWER_CHARS)]


class AnswerReply(Wire):
    done: bool
    question: QuestionReply | None = None


class StatusReply(Wire):
    status: SessionStatus


class SessionReply(Wire):
    session_id: str
    type: InterviewType
    difficulty: Difficulty
    focus_areas: list[str]
    mode: Mode
    duration_minutes: int
    language: str
    role: str | None
    status: SessionStatus
    attempt: int
    question_count: int
    questions_source: QuestionsSource
    pricing: PricingReply
    call_id: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: int | None
    ended_reason: str | None
    failure: str | None
    report_generated: bool
    overall_score: int | None
    seconds_left: int | None
    question: QuestionReply | None


class SegmentReply(Wire):
    speaker: str
    text: str
    start_ms: int | None
    end_ms: int | None
    question_order: int | None


class TranscriptReply(Wire):
    segments: list[SegmentReply]
    confidence: float | None
    corrected: bool


class HistoryItemReply(Wire):
    session_id: str
    type: InterviewType
    difficulty: Difficulty
    mode: Mode
    status: SessionStatus
    focus_areas: list[str]
    created_at: datetime
    ended_at: datetime | None
    duration_seconds: int | None
    overall_score: int | None
    pricing: PricingReply


class HistoryReply(Wire):
    items: list[HistoryItemReply]
    next_cursor: str | None


class TrendPointReply(Wire):
    session_id: str
    at: datetime
    type: InterviewType
    difficulty: Difficulty
    score: int
    low: int | None
    high: int | None


class StatisticsReply(Wire):
    total_interviews: int
    total_spent: int
    average_score: float | None
    last_interview_at: datetime | None
    trend: list[TrendPointReply]


class CatalogueType(Wire):
    type: InterviewType
    focus_areas: list[str]


class CatalogueReply(Wire):
    types: list[CatalogueType]
    difficulties: list[Difficulty]
    modes: list[Mode]
    duration_minutes: dict[str, int]
    languages: list[str]


@router.get("/catalogue")
def show_catalogue(_caller: Caller) -> CatalogueReply:
    return CatalogueReply(
        types=[CatalogueType(type=kind, focus_areas=list(areas)) for kind, areas in catalogue.FOCUS_AREAS.items()],
        difficulties=list(Difficulty),
        modes=list(Mode),
        duration_minutes={"min": catalogue.MIN_MINUTES, "max": catalogue.MAX_MINUTES},
        languages=list(rules.LANGUAGES),
    )


@router.post("/interviews/setup", status_code=201)
def set_up(body: SetupRequest, app: App, caller: Caller) -> SetupReply:
    setup = rules.validate_setup(body.model_dump(by_alias=False))
    app.rates.hit("setup", caller.user_id)
    return SetupReply.model_validate(flows.set_up(app, caller, setup))


@router.get("/interviews/history")
def history(
    app: App,
    caller: Caller,
    limit: Limit = 20,
    cursor: str | None = None,
    type: Annotated[InterviewType | None, Query()] = None,  # noqa: A002  the wire's name
    status: Annotated[SessionStatus | None, Query()] = None,
) -> HistoryReply:
    statuses = [status] if status else []
    page = app.uow.look(service.history, caller, limit=limit, cursor=cursor, type=type, statuses=statuses)
    return HistoryReply(items=[_history_item(item) for item in page.items], next_cursor=page.next_cursor)


def _history_item(item: HistoryItem) -> HistoryItemReply:
    return HistoryItemReply.model_validate(item)


@router.get("/statistics/me")
def statistics(app: App, caller: Caller) -> StatisticsReply:
    return StatisticsReply.model_validate(app.uow.look(analytics.statistics, caller))


@router.post("/interviews/{session_id}/start", response_model_exclude_none=True)
def start(session_id: str, app: App, caller: Caller) -> StartReply:
    """Begin, or come back. By starting a voice interview the caller says that the candidate agrees to be recorded."""
    app.rates.hit("start", caller.user_id)
    started = flows.start(app, caller, session_id, consents=True)
    config = ClientConfig(sdk_url=app.settings.vapi_web_sdk_url, seconds_left=started.seconds_left)
    return StartReply(
        status=started.status,
        mode=started.mode,
        call_id=started.call_id,
        web_call_url=started.web_call_url,
        client_config=config if started.web_call_url else None,
        first_question=_question(started.first_question),
    )


def _question(asked: AskedQuestion | None) -> QuestionReply | None:
    return None if asked is None else QuestionReply.model_validate(asked)


@router.post("/interviews/{session_id}/answers", response_model_exclude_none=True)
def answer(session_id: str, body: AnswerRequest, app: App, caller: Caller) -> AnswerReply:
    app.rates.hit("answers", caller.user_id)
    with app.uow() as uow:
        answered = service.answer(uow, caller, session_id, body.text)
    return AnswerReply(done=answered.done, question=_question(answered.question))


@router.post("/interviews/{session_id}/complete", status_code=202)
def complete(session_id: str, app: App, caller: Caller) -> StatusReply:
    return StatusReply(status=flows.complete(app, caller, session_id))


@router.get("/interviews/{session_id}")
def show(session_id: str, app: App, caller: Caller) -> SessionReply:
    with app.uow() as uow:
        view: SessionView = service.session_view(uow, caller, session_id)
    return SessionReply.model_validate(view)


@router.delete("/interviews/{session_id}", status_code=204)
def delete(session_id: str, app: App, caller: Caller) -> None:
    erasure.delete(app, caller, session_id)


def _processing() -> JSONResponse:
    return JSONResponse({"status": "processing"}, 202, {"Retry-After": REPORT_POLL_SECONDS})


WRITING: dict[int | str, dict[str, Any]] = {202: {"model": StatusReply, "description": "The report is being written."}}


@router.get("/interviews/{session_id}/report", responses={200: {"model": Report}, **WRITING})
def report(session_id: str, app: App, caller: Caller) -> Any:
    with app.uow() as uow:
        found = reports.report_view(uow, caller, session_id)
    return _processing() if found is None else JSONResponse(found)


@router.get("/interviews/{session_id}/report.pdf", response_class=Response, responses=WRITING)
def report_as_pdf(session_id: str, app: App, caller: Caller) -> Response:
    with app.uow() as uow:
        found = reports.report_view(uow, caller, session_id)
        study = service.session_view(uow, caller, session_id).study
    if found is None:
        return _processing()
    headers = {"Content-Disposition": f'attachment; filename="greenroom-{session_id}.pdf"'}
    return Response(
        report_pdf(found, candidate_name=caller.name, study=study), media_type="application/pdf", headers=headers
    )


@router.get("/interviews/{session_id}/transcript")
def transcript(session_id: str, app: App, caller: Caller) -> TranscriptReply:
    with app.uow() as uow:
        return TranscriptReply.model_validate(service.transcript_view(uow, caller, session_id))
