"""Every operation of the OpenAPI document, called by everybody there is. An operation without a row fails."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
import pytest

from tests.api.conftest import DEMO_PASSWORD, ROOT
from tests.api.contract import Contract
from tests.api.house import PASSWORD, SETUP, House, Person
from webhook_server.main import make_app

WHO = ("anonymous", "stranger", "owner", "coach", "other_coach", "admin")
"""Nobody signed in, another candidate, the candidate whose things they are and who shares them with a cohort, the
coach of that cohort, a coach of another one, the administrator."""
CONTRACT = Contract(make_app().openapi())
OPERATIONS = {o.name: o for o in CONTRACT.operations()}
PRIVATE = "keeper of the velvet lighthouse"
"""Stands in the owner's interview; whoever may not see that must never be shown it."""
PROMOTE = """
import sys
from sqlalchemy import text
from core.wiring import greenroom
with greenroom().uow() as uow:
    uow.session.execute(text("UPDATE users SET role = 'coach' WHERE username = :name"), {"name": sys.argv[1]})
"""

Ids = dict[str, str]
Body = Mapping[str, Any] | None
Expected = tuple[int, int, int, int, int, int]


@dataclass
class Scene:
    """People and things, made when they are first needed."""

    house: House
    names: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, who: str) -> Person:
        if who not in self.people:
            self.people[who] = self._made(who)
        return self.people[who]

    def _made(self, who: str) -> Person:
        if who in ("coach", "admin"):
            return Person.sign_in(self.house, who, DEMO_PASSWORD)
        person = Person.register(self.house, f"m{secrets.token_hex(5)}")
        if who == "other_coach":
            command = [sys.executable, "-m", "runner", "with", sys.executable, "-c", PROMOTE, person.username]
            env = {**os.environ, "GREENROOM_DATA_DIR": str(self.house.data)}
            subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
            person = Person.sign_in(self.house, person.username, PASSWORD)
        return person

    def again(self, who: str) -> Person:
        """The same person, signed in once more."""
        password = DEMO_PASSWORD if who in ("coach", "admin") else PASSWORD
        return Person.sign_in(self.house, self.person(who).username, password)

    @property
    def owner(self) -> Person:
        return self.person("owner")

    @property
    def coach(self) -> Person:
        return self.person("coach")

    @cached_property
    def session_id(self) -> str:
        return self.owner.interview("strong", role=PRIVATE)

    @cached_property
    def user_id(self) -> str:
        found: str = self.owner.get("/api/me").json()["userId"]
        return found

    @cached_property
    def cohort_id(self) -> str:
        return self.cohort(joined=True)

    @cached_property
    def event_id(self) -> str:
        self.house.razorpay({"entity": "event", "event": "payment.dispute.created", "payload": {}})
        found: str = self.person("admin").get("/api/admin/events").json()["items"][0]["eventId"]
        return found

    @cached_property
    def unpaid(self) -> str:
        return self.owner.set_up()

    @cached_property
    def typed(self) -> str:
        """An interview in writing that is going on."""
        session_id = self.owner.ready(mode="text")
        self.owner.start(session_id)
        return session_id

    @cached_property
    def paid(self) -> dict[str, str]:
        return self.owner.pay(self.owner.set_up())

    def cohort(self, *, joined: bool) -> str:
        cohort_id: str = self.coach.post("/api/cohorts", {"name": "Matrix"}).json()["cohortId"]
        if joined:
            share = {"scores": True, "reports": True, "audio": True}
            reply = self.owner.post("/api/cohorts/join", {"token": self.invitation(cohort_id), "share": share})
            assert reply.status_code == 200
        return cohort_id

    def invitation(self, cohort_id: str) -> str:
        token: str = self.coach.post(f"/api/cohorts/{cohort_id}/invitations", {}).json()["token"]
        return token

    def ids(self) -> Ids:
        return {
            "session_id": self.session_id,
            "user_id": self.user_id,
            "cohort_id": self.cohort_id,
            "event_id": self.event_id,
        }


@dataclass(frozen=True)
class Row:
    """What each of WHO is answered. `fresh` makes a thing of its own for whoever may use it up; `ids` and `body` are
    for everybody."""

    expected: Expected
    body: Callable[[Scene], Body] = lambda _scene: None
    ids: Callable[[Scene], Ids] = lambda _scene: {}
    fresh: Callable[[Scene], Ids] | None = None
    signs_in_again: bool = False


def all_get(status: int) -> Expected:
    return (status,) * 6


def signed_in(status: int) -> Expected:
    return (401, *(status,) * 5)


def owners(status: int) -> Expected:
    return (401, 404, status, 404, 404, 404)


def coaches(status: int) -> Expected:
    return (401, 403, 403, status, status, status)


def its_coachs(status: int) -> Expected:
    return (401, 403, 403, status, 404, status)


def admins(status: int) -> Expected:
    return (401, 403, 403, 403, 403, status)


def new_account(_scene: Scene) -> Body:
    name = f"n{secrets.token_hex(6)}"
    return {"username": name, "email": f"{name}@example.com", "name": "New", "password": PASSWORD}


def fixed(body: Body) -> Callable[[Scene], Body]:
    return lambda _scene: body


ANSWER = fixed({"text": "I read the plan first, then I looked for lock waits."})
WRONG = "Not-7-the-one-at-all"

ROWS: Mapping[str, Row] = {
    "authRegister": Row(all_get(201), new_account),
    "authToken": Row(all_get(200), lambda s: {"username": s.owner.username, "password": PASSWORD}),
    "authRefresh": Row(all_get(200), lambda s: {"refreshToken": s.again("owner").refresh}),
    "authLogout": Row(signed_in(204), signs_in_again=True),
    "authMe": Row(signed_in(200)),
    "meExport": Row(signed_in(200)),
    "meDelete": Row(signed_in(401), fixed({"password": WRONG})),
    "meChangePassword": Row(signed_in(401), fixed({"currentPassword": WRONG, "newPassword": PASSWORD})),
    "interviewsShowCatalogue": Row(signed_in(200)),
    "interviewsSetUp": Row(signed_in(201), fixed(SETUP)),
    "interviewsHistory": Row(signed_in(200)),
    "interviewsStatistics": Row(signed_in(200)),
    "interviewsShow": Row(owners(200)),
    "interviewsReport": Row(owners(200)),
    "interviewsReportAsPdf": Row(owners(200)),
    "interviewsTranscript": Row(owners(200)),
    "interviewsStart": Row(owners(200), fresh=lambda s: {"session_id": s.owner.ready(mode="text")}),
    "interviewsAnswer": Row(owners(200), ANSWER, lambda s: {"session_id": s.typed}),
    "interviewsComplete": Row(owners(202), ids=lambda s: {"session_id": s.typed}),
    "interviewsDelete": Row(owners(204), fresh=lambda s: {"session_id": s.owner.set_up()}),
    "retriesRetry": Row(owners(201), fixed({"questionOrder": 1, "text": "I would measure it first."})),
    "paymentsCreate": Row(owners(201), lambda s: {"sessionId": s.unpaid}),
    "paymentsVerify": Row((401, 400, 200, 400, 400, 400), lambda s: s.paid),
    "paymentsListPayments": Row(signed_in(200)),
    "cohortsCreate": Row(coaches(201), fixed({"name": "Another"})),
    "cohortsListCohorts": Row(coaches(200)),
    "cohortsJoin": Row(signed_in(200), lambda s: {"token": s.invitation(s.cohort(joined=False)), "share": {}}),
    "cohortsCohort": Row(its_coachs(200)),
    "cohortsChange": Row(its_coachs(200), fixed({"name": "Renamed"})),
    "cohortsDelete": Row(its_coachs(204), fresh=lambda s: {"cohort_id": s.cohort(joined=False)}),
    "cohortsInvite": Row(its_coachs(201), fixed({})),
    "cohortsListMembers": Row(its_coachs(200)),
    "cohortsLearner": Row(its_coachs(200)),
    "cohortsRemove": Row(its_coachs(204), fresh=lambda s: {"cohort_id": s.cohort(joined=True)}),
    "cohortsSharedReport": Row(its_coachs(200)),
    "cohortsOverride": Row(its_coachs(201), fixed({"questionOrder": 1, "score": 61, "reason": "In other words."})),
    "cohortsAnalytics": Row(its_coachs(200)),
    "cohortsQuestions": Row(its_coachs(200)),
    "cohortsExport": Row(its_coachs(200)),
    "cohortsListMemberships": Row(signed_in(200)),
    "cohortsChangeShare": Row(owners(200), fixed({"share": {"scores": True, "reports": True, "audio": False}})),
    "cohortsWithdraw": Row(owners(204), fresh=lambda s: {"cohort_id": s.cohort(joined=True)}),
    "notificationsListNotifications": Row(signed_in(200)),
    "webhooksVapi": Row(all_get(401), fixed({"message": {"type": "hang"}})),
    "webhooksRazorpay": Row(all_get(401), fixed({"event": "payment.captured"})),
    "operationsLive": Row(all_get(200)),
    "operationsReady": Row(all_get(200)),
    "adminListEvents": Row(admins(200)),
    "adminReplayEvent": Row(admins(202)),
}
MAY_SEE = {"owner", "coach", "admin"}


@pytest.fixture(scope="module")
def scene(house: House) -> Scene:
    return Scene(house)


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    assert sorted(ROWS) == sorted(OPERATIONS)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_everybody_is_answered_as_they_may_be(scene: Scene, name: str, who: str) -> None:
    row, operation = ROWS[name], OPERATIONS[name]
    expected = row.expected[WHO.index(who)]
    path = operation.path
    if "{" in path:
        ids = {**scene.ids(), **row.ids(scene)}
        if row.fresh is not None and expected < 300:
            ids |= row.fresh(scene)
        path = path.format(**ids)
    reply = call(scene, who, row, operation.method, path)
    CONTRACT.check(reply)
    assert reply.status_code == expected, reply.text[:300]
    if who not in MAY_SEE:
        assert PRIVATE not in reply.text
        assert scene.owner.username not in reply.text or name.startswith("auth")


def call(scene: Scene, who: str, row: Row, method: str, path: str) -> httpx.Response:
    body = row.body(scene)
    if who == "anonymous":
        headers = {"Cookie": "greenroom_session=anything"}
        return scene.house.api.request(method, path, json=body, headers=headers)
    person = scene.again(who) if row.signs_in_again else scene.person(who)
    return person.call(method, path, json=body)
