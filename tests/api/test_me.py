"""What is mine: taken along whole, erased whole, and a password that ends every other session."""

import io
import json
import zipfile

from tests.api.house import PASSWORD, House, Person
from tests.waiting import until

SAID = "the zebra accountant reconciled ninety purple invoices before lunch"


def erase(person: Person, password: str = PASSWORD) -> int:
    return person.call("DELETE", "/api/me", json={"password": password}).status_code


def test_the_export_holds_everything(asha: Person) -> None:
    session_id = asha.interview([f"Well, {SAID}."] * 5)
    asha.post(f"/api/interviews/{session_id}/retries", {"questionOrder": 1, "text": "A better answer of mine."})
    reply = asha.get("/api/me/export")
    assert reply.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(reply.content))
    names = set(archive.namelist())
    folder = f"interviews/{session_id}"
    assert {"account.json", "payments.json", "statistics.json", f"{folder}/report.json"} <= names
    assert archive.read(f"{folder}/report.pdf").startswith(b"%PDF")
    assert SAID in archive.read(f"{folder}/transcript.json").decode()
    assert "A better answer of mine." in archive.read(f"{folder}/new-answers.json").decode()
    assert json.loads(archive.read("account.json"))["username"] == asha.username
    until(lambda: any("recording" in n for n in names) or _recordings(asha, folder))


def _recordings(asha: Person, folder: str) -> bool:
    archive = zipfile.ZipFile(io.BytesIO(asha.get("/api/me/export").content))
    return any(name.startswith(f"{folder}/recording-") for name in archive.namelist())


def test_nothing_of_somebody_else_is_in_it(asha: Person, meera: Person) -> None:
    theirs = meera.interview("strong")
    archive = zipfile.ZipFile(io.BytesIO(asha.get("/api/me/export").content))
    assert [name for name in archive.namelist() if theirs in name] == []


def test_erasing_needs_the_password_and_leaves_nothing(house: House, asha: Person) -> None:
    done = asha.interview([f"Well, {SAID}."] * 5)
    paid = asha.ready()
    assert erase(asha, "not the password") == 401
    assert asha.status(done) == "completed"

    assert erase(asha) == 204
    assert asha.get("/api/me").status_code == 401
    credentials = {"username": asha.username, "password": PASSWORD}
    assert house.api.post("/api/auth/token", json=credentials).status_code == 401
    again = Person.register(house, asha.username)
    assert again.get("/api/interviews/history").json()["items"] == []
    assert again.get(f"/api/interviews/{paid}").status_code == 404
    left = [p for p in house.data.rglob("*") if p.is_file() and done.encode() in str(p).encode()]
    until(lambda: [p for p in left if p.exists()] == [])


def test_what_was_paid_and_not_held_goes_back_with_the_account(house: House, asha: Person) -> None:
    session_id = asha.set_up()
    paid = asha.pay(session_id)
    assert asha.verify(paid).status_code == 200
    assert erase(asha) == 204

    def returned() -> bool:
        sent = house.sandbox.get("/_control/requests", params={"provider": "razorpay"}).json()["requests"]
        return any(f"/payments/{paid['razorpay_payment_id']}/refund" in r["path"] for r in sent)

    until(returned)


def test_a_running_call_is_hung_up_with_the_account(house: House, asha: Person) -> None:
    call_id = asha.start(asha.ready())["callId"]
    assert erase(asha) == 204
    asha.house.sandbox.post(f"/_control/vapi/calls/{call_id}/run", json={"answers": "strong"})
    assert house.api.get("/health/ready").status_code == 200


def test_another_password_ends_every_other_session(house: House, asha: Person) -> None:
    other = Person.sign_in(house, asha.username, PASSWORD)
    body = {"currentPassword": PASSWORD, "newPassword": "Another-3-kettle-hums"}
    assert asha.post("/api/me/password", {**body, "currentPassword": "wrong"}).status_code == 401
    assert asha.post("/api/me/password", {**body, "newPassword": "short"}).status_code == 400
    assert other.get("/api/me").status_code == 200

    assert asha.post("/api/me/password", body).status_code == 204
    assert asha.get("/api/me").status_code == 200
    assert other.get("/api/me").status_code == 401
    assert Person.sign_in(house, asha.username, "Another-3-kettle-hums").get("/api/me").status_code == 200
