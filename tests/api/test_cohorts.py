"""Cohorts over HTTP: a coach sees what was agreed to, exactly and no longer."""

import csv
import io
from collections.abc import Callable
from statistics import fmean
from typing import Any

import pytest

from tests.api.conftest import DEMO_PASSWORD
from tests.api.house import House, Person

PATHS = ("", "/members", "/analytics", "/questions", "/export.csv")


@pytest.fixture
def coach(house: House) -> Person:
    return Person.sign_in(house, "coach", DEMO_PASSWORD)


@pytest.fixture
def cohort(coach: Person) -> str:
    reply = coach.post("/api/cohorts", {"name": "Batch of 2027"})
    assert reply.status_code == 201, reply.text
    made: str = reply.json()["cohortId"]
    return made


def invitation(coach: Person, cohort: str, **more: Any) -> dict[str, Any]:
    reply = coach.post(f"/api/cohorts/{cohort}/invitations", more)
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


def join(person: Person, token: str, **share: bool) -> None:
    chosen = {"scores": True, "reports": True, "audio": False, **share}
    reply = person.post("/api/cohorts/join", {"token": token, "share": chosen})
    assert reply.status_code == 200, reply.text
    assert reply.json()["share"] == chosen


def user_id(person: Person) -> str:
    found: str = person.get("/api/me").json()["userId"]
    return found


def test_figures_are_exact_and_follow_the_learner(coach: Person, cohort: str, asha: Person) -> None:
    asha.interview("strong")
    join(asha, invitation(coach, cohort)["token"])
    asha.interview("weak")
    scores = [p["score"] for p in asha.get("/api/statistics/me").json()["trend"]]

    found = coach.get(f"/api/cohorts/{cohort}/analytics").json()
    assert (found["interviews"], found["learners"]) == (2, 1)
    assert found["scores"]["mean"] == fmean(scores)
    assert [i for i, n in enumerate(found["scores"]["histogram"]) if n] == sorted(scores)
    [member] = coach.get(f"/api/cohorts/{cohort}/members").json()["items"]
    assert (member["interviews"], member["averageScore"]) == (2, round(fmean(scores), 1))

    asha.call("PATCH", f"/api/memberships/{cohort}", json={"share": {"scores": False, "reports": True, "audio": False}})
    hidden = coach.get(f"/api/cohorts/{cohort}/analytics").json()
    assert (hidden["interviews"], hidden["scores"]["mean"], hidden["heatmap"]) == (0, None, [])
    [member] = coach.get(f"/api/cohorts/{cohort}/members").json()["items"]
    assert (member["interviews"], member["averageScore"], member["atRisk"]) == (None, None, None)

    assert asha.call("DELETE", f"/api/memberships/{cohort}").status_code == 204
    assert coach.get(f"/api/cohorts/{cohort}/members").json()["items"] == []
    assert coach.get(f"/api/cohorts/{cohort}/members/{user_id(asha)}").status_code == 404


def test_a_deleted_interview_counts_no_longer(coach: Person, cohort: str, asha: Person) -> None:
    join(asha, invitation(coach, cohort)["token"])
    session_id = asha.interview("strong")
    assert coach.get(f"/api/cohorts/{cohort}/analytics").json()["interviews"] == 1
    assert asha.call("DELETE", f"/api/interviews/{session_id}").status_code == 204
    assert coach.get(f"/api/cohorts/{cohort}/analytics").json()["interviews"] == 0


def test_a_report_is_seen_only_while_it_is_shared(coach: Person, cohort: str, asha: Person) -> None:
    session_id = asha.interview("strong")
    join(asha, invitation(coach, cohort)["token"], reports=False)
    path = f"/api/cohorts/{cohort}/members/{user_id(asha)}/interviews/{session_id}/report"
    assert coach.get(path).status_code == 404

    asha.call("PATCH", f"/api/memberships/{cohort}", json={"share": {"scores": True, "reports": True, "audio": False}})
    assert coach.get(path).json()["reportId"] == asha.report(session_id)["reportId"]

    asha.call("DELETE", f"/api/memberships/{cohort}")
    assert coach.get(path).status_code == 404


@pytest.mark.parametrize("said", [{}, {"share": {}}, {"share": {"audio": False}}])
def test_joining_shares_nothing_that_is_not_named(
    coach: Person, cohort: str, asha: Person, said: dict[str, Any]
) -> None:
    joined = asha.post("/api/cohorts/join", {"token": invitation(coach, cohort)["token"], **said})
    assert joined.status_code == 200, joined.text
    assert joined.json()["share"] == {"scores": False, "reports": False, "audio": False}


def test_changing_one_thing_that_is_shared_leaves_the_others_as_they_are(
    coach: Person, cohort: str, asha: Person
) -> None:
    join(asha, invitation(coach, cohort)["token"], reports=False)

    def changed(**share: bool | None) -> dict[str, bool]:
        reply = asha.call("PATCH", f"/api/memberships/{cohort}", json={"share": share})
        assert reply.status_code == 200, reply.text
        [held] = asha.get("/api/memberships").json()["items"]
        assert held["share"] == reply.json()["share"]
        left: dict[str, bool] = held["share"]
        return left

    assert changed(audio=False) == {"scores": True, "reports": False, "audio": False}
    assert changed(audio=True, reports=None) == {"scores": True, "reports": False, "audio": True}
    assert changed() == {"scores": True, "reports": False, "audio": True}
    assert changed(scores=False) == {"scores": False, "reports": False, "audio": True}
    assert changed(reports=True) == {"scores": False, "reports": True, "audio": True}


def test_an_override_stands_beside_the_models_score_and_is_told(coach: Person, cohort: str, asha: Person) -> None:
    session_id = asha.interview("weak")
    join(asha, invitation(coach, cohort)["token"])
    before = asha.report(session_id)
    path = f"/api/cohorts/{cohort}/members/{user_id(asha)}/interviews/{session_id}/overrides"
    body = {"questionOrder": 1, "score": 88, "reason": "She named the point in her own words."}

    assert coach.post(path, {**body, "score": 101}).status_code == 400
    assert coach.post(path, {**body, "reason": " "}).status_code == 400
    made = coach.post(path, body)
    assert made.status_code == 201, made.text

    after = asha.report(session_id)
    assert after["questions"][0]["override"]["score"] == 88
    assert after["questions"][0]["score"] == before["questions"][0]["score"] == made.json()["modelScore"]
    assert after["overallScore"] == before["overallScore"]
    assert asha.get("/api/notifications").json()["items"][0]["kind"] == "override"


def test_feedback_only_shows_aggregates_alone(coach: Person, cohort: str, asha: Person) -> None:
    session_id = asha.interview("strong")
    join(asha, invitation(coach, cohort)["token"])
    coach.call("PATCH", f"/api/cohorts/{cohort}", json={"feedbackOnly": True})

    found = coach.get(f"/api/cohorts/{cohort}/analytics").json()
    assert (found["interviews"], found["heatmap"], found["atRisk"]) == (1, [], [])
    person = user_id(asha)
    assert coach.get(f"/api/cohorts/{cohort}/members/{person}").json()["averageScore"] is None
    assert coach.get(f"/api/cohorts/{cohort}/members/{person}/interviews/{session_id}/report").status_code == 404
    assert len(list(csv.reader(io.StringIO(coach.get(f"/api/cohorts/{cohort}/export.csv").text)))) == 1


def test_the_export_is_safe_to_open(coach: Person, cohort: str, house: House) -> None:
    body = {"username": "formula-person", "email": "formula@example.com", "name": "=cmd|' /C calc'!A0"}
    house.api.post("/api/auth/register", json={**body, "password": "Quiet-9-river-Lantern"})
    person = Person.sign_in(house, "formula-person", "Quiet-9-river-Lantern")
    join(person, invitation(coach, cohort)["token"])
    person.interview("strong")
    reply = coach.get(f"/api/cohorts/{cohort}/export.csv")
    header, row = csv.reader(io.StringIO(reply.text.lstrip("\ufeff")))
    assert header[0] == "learner"
    assert row[0].startswith("'=")


@pytest.mark.parametrize("path", PATHS)
def test_a_cohort_is_its_coachs_alone(coach: Person, cohort: str, asha: Person, house: House, path: str) -> None:
    assert asha.get(f"/api/cohorts/{cohort}{path}").status_code == 403
    admin = Person.sign_in(house, "admin", DEMO_PASSWORD)
    assert admin.get(f"/api/cohorts/{cohort}{path}").status_code == 200
    assert coach.get(f"/api/cohorts/coh_00000000000000000000000000{path}").status_code == 404
    assert house.api.get(f"/api/cohorts/{cohort}{path}").status_code == 401


@pytest.mark.parametrize("token", ["nothing", "x" * 200, "\u0000", "a b"])
def test_a_link_that_was_not_given_out_joins_nothing(asha: Person, token: str) -> None:
    assert asha.post("/api/cohorts/join", {"token": token}).status_code in (400, 404)


def test_an_invitation_is_mailed_and_ends_with_the_archive(coach: Person, cohort: str, asha: Person) -> None:
    made = invitation(coach, cohort, emails=["new@example.com", "NEW@example.com", "other@example.com"])
    assert made["invited"] == 2
    assert made["joinUrl"].endswith(f"?join={made['token']}")
    coach.call("PATCH", f"/api/cohorts/{cohort}", json={"archived": True})
    assert asha.post("/api/cohorts/join", {"token": made["token"]}).status_code == 404
    assert coach.post(f"/api/cohorts/{cohort}/invitations").status_code == 409
    assert coach.post(f"/api/cohorts/{cohort}/invitations", {"emails": ["no address"]}).status_code in (400, 409)


def test_cohorts_are_listed_renamed_and_removed(coach: Person, person: Callable[[], Person]) -> None:
    made = [coach.post("/api/cohorts", {"name": f"Group {n}"}).json()["cohortId"] for n in range(3)]
    first = coach.get("/api/cohorts?limit=2").json()
    assert [item["cohortId"] for item in first["items"]] == made[:0:-1]
    assert coach.get(f"/api/cohorts?limit=2&cursor={first['nextCursor']}").json()["items"][0]["cohortId"] == made[0]
    assert coach.call("PATCH", f"/api/cohorts/{made[0]}", json={"name": " New  name "}).json()["name"] == "New name"
    assert coach.post("/api/cohorts", {"name": "  "}).status_code == 400
    learner = person()
    join(learner, invitation(coach, made[0])["token"])
    assert coach.call("DELETE", f"/api/cohorts/{made[0]}").status_code == 204
    assert coach.get(f"/api/cohorts/{made[0]}").status_code == 404
    assert learner.get("/api/memberships").json()["items"] == []
