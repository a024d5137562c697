"""Cohorts for coaches, and a learner's own memberships."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from core.cohorts import learners, roster, service
from core.cohorts.roster import Order
from core.cohorts.types import Filters, Share
from core.csv_rows import as_csv
from core.interviews.catalogue import Difficulty, InterviewType
from core.paging import decode_key, encode_cursor
from core.reports.types import Report
from webhook_server.deps import App, Caller, Limit
from webhook_server.idempotency import CreatingRoute
from webhook_server.wire import RequestBody, Wire

router = APIRouter(prefix="/api", tags=["cohorts"], route_class=CreatingRoute)
Token = Annotated[str, Field(min_length=1, max_length=200)]


class ShareBody(RequestBody):
    """What is not named is not shared."""

    scores: bool = False
    reports: bool = False
    audio: bool = False

    def chosen(self) -> Share:
        return Share(self.scores, self.reports, self.audio)


class ShareChange(RequestBody):
    """What is not named stays as it is."""

    scores: bool | None = None
    reports: bool | None = None
    audio: bool | None = None


class ShareReply(Wire):
    scores: bool
    reports: bool
    audio: bool


class CohortRequest(RequestBody):
    name: Annotated[str, Field(max_length=400)]
    feedback_only: bool = False


class CohortChange(RequestBody):
    name: Annotated[str | None, Field(max_length=400)] = None
    feedback_only: bool | None = None
    archived: bool | None = None


class CohortReply(Wire):
    cohort_id: str
    name: str
    member_count: int
    feedback_only: bool
    archived: bool
    created_at: datetime


class CohortsReply(Wire):
    items: list[CohortReply]
    next_cursor: str | None


class InviteRequest(RequestBody):
    emails: Annotated[list[Annotated[str, Field(max_length=254)]], Field(max_length=200)] = []
    expires_in_days: Annotated[int, Field(ge=1, le=service.MAX_DAYS)] = service.DEFAULT_DAYS


class InvitationReply(Wire):
    token: str
    join_url: str
    expires_at: datetime
    invited: int


class JoinRequest(RequestBody):
    token: Token
    share: ShareBody = ShareBody()


class ShareRequest(RequestBody):
    share: ShareChange


class JoinedReply(Wire):
    cohort_id: str
    name: str
    share: ShareReply


class MembershipReply(JoinedReply):
    feedback_only: bool
    joined_at: datetime


class MembershipsReply(Wire):
    items: list[MembershipReply]
    next_cursor: None = None


class MemberReply(Wire):
    user_id: str
    name: str
    interviews: int | None
    average_score: float | None
    last_interview_at: datetime | None
    at_risk: list[str] | None


class MembersReply(Wire):
    items: list[MemberReply]
    next_cursor: str | None


class LearnerInterviewReply(Wire):
    session_id: str
    at: datetime
    type: InterviewType
    difficulty: Difficulty
    score: int
    low: int
    high: int


class CompetencyReply(Wire):
    competency: str
    n: int
    mean: float


class LearnerReply(Wire):
    user_id: str
    name: str
    joined_at: datetime
    share: ShareReply
    interviews: list[LearnerInterviewReply] | None
    average_score: float | None
    competencies: list[CompetencyReply] | None
    at_risk: list[str] | None


class OverrideRequest(RequestBody):
    question_order: Annotated[int, Field(ge=1, le=100)]
    score: Annotated[int, Field(ge=0, le=100)]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class OverrideReply(Wire):
    question_order: int
    score: int
    model_score: int | None
    reason: str
    by: str
    at: datetime


class ScoresReply(Wire):
    mean: float | None
    median: float | None
    p25: float | None
    p75: float | None
    standard_deviation: float | None
    histogram: list[int]


class WeekReply(Wire):
    week: date
    interviews: int
    mean: float
    interval: tuple[float, float] | None


class HeatCellReply(Wire):
    user_id: str
    competency: str
    n: int
    mean: float


class AtRiskReply(Wire):
    user_id: str
    reasons: list[str]


class AnalyticsReply(Wire):
    cohort_id: str
    interviews: int
    learners: int
    scores: ScoresReply
    weekly: list[WeekReply]
    competencies: list[CompetencyReply]
    heatmap: list[HeatCellReply]
    at_risk: list[AtRiskReply]
    generated_at: datetime


class QuestionQualityReply(Wire):
    question_id: str
    text: str | None
    competency: str | None
    n: int
    p: float
    discrimination: float | None
    flags: list[str]


class QuestionQualitiesReply(Wire):
    items: list[QuestionQualityReply]
    next_cursor: str | None


@router.post("/cohorts", status_code=201)
def create(body: CohortRequest, app: App, caller: Caller) -> CohortReply:
    with app.uow() as uow:
        return CohortReply.model_validate(service.create(uow, caller, body.name, feedback_only=body.feedback_only))


@router.get("/cohorts")
def list_cohorts(app: App, caller: Caller, limit: Limit = 20, cursor: str | None = None) -> CohortsReply:
    page = app.uow.look(service.cohorts, caller, limit=limit, cursor=cursor)
    return CohortsReply(items=[CohortReply.model_validate(i) for i in page.items], next_cursor=page.next_cursor)


@router.post("/cohorts/join")
def join(body: JoinRequest, app: App, caller: Caller) -> JoinedReply:
    with app.uow() as uow:
        return JoinedReply.model_validate(service.join(uow, caller, body.token, body.share.chosen()))


@router.get("/cohorts/{cohort_id}")
def cohort(cohort_id: str, app: App, caller: Caller) -> CohortReply:
    with app.uow() as uow:
        return CohortReply.model_validate(service.cohort(uow, caller, cohort_id))


@router.patch("/cohorts/{cohort_id}")
def change(cohort_id: str, body: CohortChange, app: App, caller: Caller) -> CohortReply:
    with app.uow() as uow:
        changed = service.change(
            uow, caller, cohort_id, name=body.name, feedback_only=body.feedback_only, archived=body.archived
        )
        return CohortReply.model_validate(changed)


@router.delete("/cohorts/{cohort_id}", status_code=204)
def delete(cohort_id: str, app: App, caller: Caller) -> None:
    with app.uow() as uow:
        service.delete(uow, caller, cohort_id)


@router.post("/cohorts/{cohort_id}/invitations", status_code=201)
def invite(cohort_id: str, body: InviteRequest, app: App, caller: Caller) -> InvitationReply:
    with app.uow() as uow:
        invitation = service.invite(
            uow,
            caller,
            cohort_id,
            app_url=app.settings.app_url,
            emails=body.emails,
            expires_in_days=body.expires_in_days,
        )
        return InvitationReply.model_validate(invitation)


@router.get("/cohorts/{cohort_id}/members")
def list_members(
    cohort_id: str, app: App, caller: Caller, sort: Order = Order.NAME, limit: Limit = 20, cursor: str | None = None
) -> MembersReply:
    page = app.uow.look(roster.members, caller, cohort_id, order=sort, limit=limit, cursor=cursor)
    return MembersReply(items=[MemberReply.model_validate(i) for i in page.items], next_cursor=page.next_cursor)


@router.get("/cohorts/{cohort_id}/members/{user_id}")
def learner(cohort_id: str, user_id: str, app: App, caller: Caller) -> LearnerReply:
    return LearnerReply.model_validate(app.uow.look(learners.learner, caller, cohort_id, user_id))


@router.delete("/cohorts/{cohort_id}/members/{user_id}", status_code=204)
def remove(cohort_id: str, user_id: str, app: App, caller: Caller) -> None:
    with app.uow() as uow:
        service.remove(uow, caller, cohort_id, user_id)


@router.get("/cohorts/{cohort_id}/members/{user_id}/interviews/{session_id}/report", responses={200: {"model": Report}})
def shared_report(cohort_id: str, user_id: str, session_id: str, app: App, caller: Caller) -> dict[str, Any]:
    with app.uow() as uow:
        return service.shared_report(uow, caller, cohort_id, user_id, session_id)


@router.post("/cohorts/{cohort_id}/members/{user_id}/interviews/{session_id}/overrides", status_code=201)
def override(
    cohort_id: str, user_id: str, session_id: str, body: OverrideRequest, app: App, caller: Caller
) -> OverrideReply:
    with app.uow() as uow:
        made = service.override(
            uow,
            caller,
            cohort_id,
            user_id,
            session_id,
            question_order=body.question_order,
            score=body.score,
            reason=body.reason,
        )
        return OverrideReply.model_validate(made)


@router.get("/cohorts/{cohort_id}/analytics")
def analytics(
    cohort_id: str,
    app: App,
    caller: Caller,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    type: InterviewType | None = None,
    difficulty: Difficulty | None = None,
) -> AnalyticsReply:
    found = app.uow.look(service.analytics, caller, cohort_id, Filters(first, last, type, difficulty))
    return AnalyticsReply.model_validate(found)


@router.get("/cohorts/{cohort_id}/questions")
def questions(
    cohort_id: str, app: App, caller: Caller, limit: Limit = 20, cursor: str | None = None
) -> QuestionQualitiesReply:
    found = app.uow.look(service.questions, caller, cohort_id, limit=limit + 1, after=decode_key(cursor))
    shown = [QuestionQualityReply.model_validate(q) for q in found[:limit]]
    more = len(found) > limit
    return QuestionQualitiesReply(items=shown, next_cursor=encode_cursor(shown[-1].question_id) if more else None)


@router.get("/cohorts/{cohort_id}/export.csv", response_class=StreamingResponse)
def export(cohort_id: str, app: App, caller: Caller) -> StreamingResponse:
    with app.uow() as uow:
        service.own(uow, caller, cohort_id)

    def lines() -> Any:
        with app.uow() as uow:
            yield from as_csv(roster.export_rows(uow, caller, cohort_id))

    headers = {"Content-Disposition": f'attachment; filename="{cohort_id}.csv"'}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/memberships")
def list_memberships(app: App, caller: Caller) -> MembershipsReply:
    with app.uow() as uow:
        items = service.memberships(uow, caller)
    return MembershipsReply(items=[MembershipReply.model_validate(i) for i in items])


@router.patch("/memberships/{cohort_id}")
def change_share(cohort_id: str, body: ShareRequest, app: App, caller: Caller) -> MembershipReply:
    share = body.share
    with app.uow() as uow:
        changed = service.change_share(
            uow, caller, cohort_id, scores=share.scores, reports=share.reports, audio=share.audio
        )
        return MembershipReply.model_validate(changed)


@router.delete("/memberships/{cohort_id}", status_code=204)
def withdraw(cohort_id: str, app: App, caller: Caller) -> None:
    with app.uow() as uow:
        service.withdraw(uow, caller, cohort_id)
