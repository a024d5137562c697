"""Vapi's calls over HTTP: strict requests, played calls, the messages they send."""

import re
import time
from itertools import pairwise
from typing import Any

import httpx
import jwt
import pytest

from tests.sandbox.support import CONFLICT, END_PHRASE, INDEX, PRIVATE, PUBLIC, Receiver, Running, assistant
from tests.waiting import until

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def report_of(receiver: Receiver) -> dict[str, Any]:
    message: dict[str, Any] = receiver.wait("end-of-call-report").json["message"]
    return message


def said(report: dict[str, Any], role: str) -> list[str]:
    return [row["message"] for row in report["artifact"]["messages"] if row["role"] == role]


class TestCreating:
    def test_a_call_has_the_shape_of_a_real_one(self, sandbox: Running, receiver: Receiver) -> None:
        wanted = assistant(receiver)
        call = sandbox.create(wanted)
        assert UUID7.fullmatch(call["id"])
        assert (call["type"], call["status"], call["cost"]) == ("webCall", "queued", 0)
        assert call["assistant"] == wanted
        assert call["webCallUrl"] == call["transport"]["callUrl"]
        assert call["monitor"]["controlUrl"].startswith(sandbox.url)
        assert call["subscriptionLimits"]["concurrencyBlocked"] is False

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"silenceTimeoutSeconds": 45}, "assistant.property silenceTimeoutSeconds should not exist"),
            ({"server": {"url": "http://x", "secret": "s"}}, "assistant.server.property secret should not exist"),
            ({"name": "n" * 41}, "assistant.name must be shorter than or equal to 40 characters"),
            ({"maxDurationSeconds": 9}, "assistant.maxDurationSeconds must not be less than 10"),
            ({"maxDurationSeconds": 43_201}, "assistant.maxDurationSeconds must not be greater than 43200"),
            ({"endCallPhrases": ["x"]}, "assistant.endCallPhrases.0 must be longer than or equal to 2 characters"),
            (
                {"startSpeakingPlan": {"waitSeconds": 9}},
                "assistant.startSpeakingPlan.waitSeconds must not be greater than 5",
            ),
            (
                {"artifactPlan": {"recordingEnabled": "yes"}},
                "assistant.artifactPlan.recordingEnabled must be a boolean value",
            ),
            (
                {"voice": {"provider": "vapi", "voiceId": "Elliot", "pitch": 2}},
                "assistant.voice.property pitch should not exist",
            ),
            (
                {"model": {"provider": "openai", "model": "gpt-4o", "seed": 1}},
                "assistant.model.property seed should not exist",
            ),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_one_property_too_many_refuses_the_whole_call(
        self, sandbox: Running, receiver: Receiver, change: dict[str, Any], message: str
    ) -> None:
        reply = sandbox.create_reply(assistant(receiver, **change))
        assert reply.status_code == 400
        assert reply.json() == {"message": [message], "error": "Bad Request", "statusCode": 400}

    def test_a_message_that_does_not_exist_cannot_be_subscribed_to(self, sandbox: Running, receiver: Receiver) -> None:
        reply = sandbox.create_reply(assistant(receiver, serverMessages=["everything"]))
        assert reply.status_code == 400
        assert reply.json()["message"][0].startswith("assistant.serverMessages.0 must be one of the following values: ")

    def test_the_private_key_does_not_make_web_calls_and_the_public_one_does_not_read(
        self, sandbox: Running, receiver: Receiver
    ) -> None:
        refused = sandbox.create_reply(assistant(receiver), key=PRIVATE)
        assert (refused.status_code, refused.json()["error"]) == (401, "Unauthorized")
        assert refused.json()["message"].startswith("Invalid Key. Hot tip")
        call = sandbox.create(assistant(receiver))
        assert sandbox.call(call["id"], key=PUBLIC).status_code == 401
        assert sandbox.call(call["id"]).json()["status"] == "queued"

    def test_a_token_signed_by_the_private_key_is_a_key(self, sandbox: Running, receiver: Receiver) -> None:
        token = jwt.encode({"orgId": "o", "token": {"tag": "public"}}, PRIVATE, algorithm="HS256")
        assert sandbox.create_reply(assistant(receiver), key=token).status_code == 201
        other = jwt.encode({"token": {"tag": "private"}}, PRIVATE, algorithm="HS256")
        assert sandbox.create_reply(assistant(receiver), key=other).status_code == 401

    def test_a_client_without_a_name_is_turned_away(self, sandbox: Running, receiver: Receiver) -> None:
        request = sandbox.http.build_request("POST", "/vapi/call/web", json={"assistant": assistant(receiver)})
        request.headers["authorization"] = f"Bearer {PUBLIC}"
        del request.headers["user-agent"]
        reply = sandbox.http.send(request)
        assert (reply.status_code, reply.text) == (403, "error code: 1010")

    def test_calls_are_listed_newest_first_and_can_be_erased(self, sandbox: Running, receiver: Receiver) -> None:
        first, second = (sandbox.create(assistant(receiver))["id"] for _ in range(2))
        headers = {"Authorization": f"Bearer {PRIVATE}"}
        listed = sandbox.http.get("/vapi/call", headers=headers).json()
        assert [call["id"] for call in listed] == [second, first]
        assert len(sandbox.http.get("/vapi/call", headers=headers, params={"limit": 1}).json()) == 1
        assert sandbox.call(first, method="DELETE").status_code == 200
        assert sandbox.call(first).status_code == 404


class TestPlaying:
    def test_a_strong_candidate_is_asked_every_question_and_reported(
        self, sandbox: Running, receiver: Receiver
    ) -> None:
        call = sandbox.create(assistant(receiver))
        sandbox.run(call["id"], answers="strong")
        report = report_of(receiver)
        assert receiver.kinds() == ["status-update:in-progress", "status-update:ended", "end-of-call-report"]
        assert all(hook.is_signed() for hook in receiver.hooks)
        asked = " ".join(said(report, "bot"))
        assert asked.index(INDEX) < asked.index(CONFLICT)
        assert END_PHRASE in said(report, "bot")[-1]
        assert "What is a process?" not in asked
        assert report["endedReason"] == "assistant-said-end-call-phrase"
        assert report["call"]["status"] == "queued"
        assert report["assistant"]["metadata"] == {"session_id": "int_1"}
        assert len(" ".join(said(report, "user")).split()) > 150

    def test_rows_are_timed_as_real_speech_is(self, sandbox: Running, receiver: Receiver) -> None:
        call = sandbox.create(assistant(receiver))
        sandbox.run(call["id"], answers="strong")
        report = report_of(receiver)
        rows = report["artifact"]["messages"]
        assert rows[0]["role"] == "system"
        assert rows[0]["message"].startswith("You are a friendly interviewer.")
        for row, following in pairwise(rows[1:]):
            assert row["endTime"] <= following["time"]
            assert row["endTime"] - row["time"] == pytest.approx(row["duration"], abs=1)
        for row in (row for row in rows if row["role"] == "user" and len(row["message"].split()) > 10):
            assert len(row["message"].split()) / row["duration"] * 60_000 == pytest.approx(140, abs=10)
            words = row["metadata"]["wordLevelMetadata"]
            assert [word["word"] for word in words] == row["message"].split()
            assert all(0 < word["confidence"] <= 1 for word in words)
        assert report["durationMs"] == pytest.approx(rows[-1]["endTime"] - rows[0]["time"], abs=5000)
        assert report["endedAt"] > report["startedAt"]
        assert report["cost"] == pytest.approx(sum(part["cost"] for part in report["costs"]), abs=0.001)

    def test_fetching_gives_the_reports_data_without_its_wrapper(self, sandbox: Running, receiver: Receiver) -> None:
        call = sandbox.create(assistant(receiver))
        assert "artifact" not in sandbox.call(call["id"]).json()
        sandbox.run(call["id"], answers="weak")
        report = report_of(receiver)
        seen = sandbox.call(call["id"]).json()
        assert (seen["status"], seen["endedReason"]) == ("ended", report["endedReason"])
        assert seen["artifact"]["messages"] == report["artifact"]["messages"]
        assert seen["startedAt"] == report["startedAt"]

    def test_a_list_is_said_word_for_word_and_then_there_is_silence(self, sandbox: Running, receiver: Receiver) -> None:
        call = sandbox.create(assistant(receiver))
        answer = "It finds rows without reading the whole table. " * 12
        sandbox.run(call["id"], answers=[answer])
        report = report_of(receiver)
        assert said(report, "user") == [answer]
        assert CONFLICT in " ".join(said(report, "bot"))
        assert END_PHRASE in said(report, "bot")[-1]

    def test_a_silent_candidate_says_nothing_at_all(self, sandbox: Running, receiver: Receiver) -> None:
        call = sandbox.create(assistant(receiver))
        sandbox.run(call["id"], answers="silent")
        report = report_of(receiver)
        assert said(report, "user") == []
        assert INDEX in " ".join(said(report, "bot"))

    def test_a_weak_answer_is_followed_up(self, sandbox: Running, receiver: Receiver) -> None:
        call = sandbox.create(assistant(receiver))
        sandbox.run(call["id"], answers="weak")
        assert "How do you find out whether it is used?" in " ".join(said(report_of(receiver), "bot"))

    def test_injection_asks_the_grader_for_marks(self, sandbox: Running, receiver: Receiver) -> None:
        call = sandbox.create(assistant(receiver))
        sandbox.run(call["id"], answers="injection")
        words = " ".join(said(report_of(receiver), "user")).lower()
        assert re.search(r"full marks|maximum score|ten out of ten|covered", words)

    @pytest.mark.parametrize("reason", [None, "pipeline-error-openai-llm-failed"])
    def test_a_dropped_call_breaks_off_after_so_many_answers(
        self, sandbox: Running, receiver: Receiver, reason: str | None
    ) -> None:
        call = sandbox.create(assistant(receiver))
        sandbox.run(call["id"], answers=["One.", "Two."], dropAfter=1, endedReason=reason)
        report = report_of(receiver)
        assert said(report, "user") == ["One."]
        assert CONFLICT not in " ".join(said(report, "bot"))
        assert report["endedReason"] == (reason or "customer-ended-call")

    def test_a_call_that_never_began_has_neither_times_nor_words(self, sandbox: Running, receiver: Receiver) -> None:
        call = sandbox.create(assistant(receiver))
        reason = "call.start.error-subscription-concurrency-limit-reached"
        sandbox.run(call["id"], answers="strong", endedReason=reason)
        report = report_of(receiver)
        assert receiver.kinds() == ["status-update:ended", "end-of-call-report"]
        assert report["artifact"]["messages"] == []
        assert "startedAt" not in report
        assert "endedAt" not in report

    def test_only_what_was_subscribed_to_is_sent(self, sandbox: Running, receiver: Receiver) -> None:
        wanted = ['transcript[transcriptType="final"]', "speech-update", "end-of-call-report"]
        call = sandbox.create(assistant(receiver, serverMessages=wanted))
        sandbox.run(call["id"], answers=["It speeds up lookups."])
        report_of(receiver)
        types = {hook.json["message"]["type"] for hook in receiver.hooks}
        assert types == set(wanted)
        finals = [m for hook in receiver.hooks if "transcriptType" in (m := hook.json["message"])]
        assert "It speeds up lookups." in [m["transcript"] for m in finals if m["role"] == "user"]

    @pytest.mark.parametrize(
        ("body", "status"),
        [({"answers": "brilliant"}, 400), ({"answers": [1]}, 400), ({"dropAfter": -1}, 400), ({"speed": 2}, 400)],
    )
    def test_a_run_that_makes_no_sense_is_refused(
        self, sandbox: Running, receiver: Receiver, body: dict[str, Any], status: int
    ) -> None:
        call = sandbox.create(assistant(receiver))
        assert sandbox.control(f"vapi/calls/{call['id']}/run", body).status_code == status
        assert sandbox.call(call["id"]).json()["status"] == "queued"

    def test_a_call_is_played_once(self, sandbox: Running, receiver: Receiver) -> None:
        call = sandbox.create(assistant(receiver))
        sandbox.run(call["id"], answers="weak", realtime=True)
        assert sandbox.control(f"vapi/calls/{call['id']}/run", {}).status_code == 409
        unknown = sandbox.control("vapi/calls/nobody/run", {})
        assert (unknown.status_code, unknown.json()["error"]) == (404, "There is no call nobody.")


class TestControlling:
    def hang_up(self, sandbox: Running, call: dict[str, Any], key: str | None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return sandbox.http.post(call["monitor"]["controlUrl"], json={"type": "end-call"}, headers=headers)

    def test_the_control_url_ends_a_running_call(self, sandbox: Running, receiver: Receiver) -> None:
        call = sandbox.create(assistant(receiver))
        assert self.hang_up(sandbox, call, PUBLIC).status_code == 404
        sandbox.run(call["id"], answers="strong", realtime=True)
        receiver.wait("status-update:in-progress")
        assert self.hang_up(sandbox, call, None).status_code == 401
        assert self.hang_up(sandbox, call, PRIVATE).status_code == 401
        assert sandbox.call(call["id"]).json()["status"] == "in-progress"
        assert self.hang_up(sandbox, call, PUBLIC).status_code == 200
        assert report_of(receiver)["endedReason"] == "assistant-ended-call"

    def test_an_end_phrase_said_by_order_ends_the_call(self, sandbox: Running, receiver: Receiver) -> None:
        call = sandbox.create(assistant(receiver, monitorPlan={"controlEnabled": True}))
        sandbox.run(call["id"], answers="strong", realtime=True)
        receiver.wait("status-update:in-progress")
        url = call["monitor"]["controlUrl"]
        assert sandbox.http.post(url, json={"type": "sing"}).status_code == 400
        body = {"type": "say", "content": f"Our time is up; {END_PHRASE.upper()}."}
        assert sandbox.http.post(url, json=body).status_code == 200
        assert report_of(receiver)["endedReason"] == "assistant-said-end-call-phrase"


class TestRecording:
    @pytest.mark.parametrize(
        ("plan", "media", "start"),
        [({"recordingFormat": "mp3"}, "audio/mpeg", b"\xff\xf3"), ({}, "audio/wav", b"RIFF")],
    )
    def test_a_recording_is_behind_a_signed_link(
        self, sandbox: Running, receiver: Receiver, plan: dict[str, Any], media: str, start: bytes
    ) -> None:
        call = sandbox.create(assistant(receiver, artifactPlan=plan))
        path = f"/vapi/call/{call['id']}/mono-recording"
        headers = {"Authorization": f"Bearer {PRIVATE}"}
        assert sandbox.http.get(path, headers=headers).status_code == 404
        sandbox.run(call["id"], answers="weak")
        artifact = report_of(receiver)["artifact"]
        assert sandbox.http.get(path, headers=headers).status_code == 302
        audio = sandbox.http.get(path, headers=headers, follow_redirects=True)
        assert (audio.status_code, audio.headers["content-type"]) == (200, media)
        assert audio.content.startswith(start)
        assert sandbox.http.get(artifact["presignedMonoUrl"]).content == audio.content
        assert sandbox.http.get(artifact["recordingUrl"]).status_code == 400
        forged = artifact["presignedMonoUrl"].replace("expires=1", "expires=2", 1)
        assert sandbox.http.get(forged).status_code == 403

    def test_what_was_not_recorded_cannot_be_had(self, sandbox: Running, receiver: Receiver) -> None:
        call = sandbox.create(assistant(receiver, artifactPlan={"recordingEnabled": False}))
        sandbox.run(call["id"], answers="weak")
        assert not [name for name in report_of(receiver)["artifact"] if "Url" in name]
        headers = {"Authorization": f"Bearer {PRIVATE}"}
        assert sandbox.http.get(f"/vapi/call/{call['id']}/mono-recording", headers=headers).status_code == 404


class TestDelivering:
    def test_the_backoff_plan_is_kept(self, sandbox: Running, receiver: Receiver) -> None:
        receiver.statuses = [503, 503, 503]
        call = sandbox.create(assistant(receiver, serverMessages=["end-of-call-report"]))
        sandbox.run(call["id"], answers="silent")
        until(lambda: len(receiver.hooks) == 3)
        time.sleep(0.6)
        assert len(receiver.hooks) == 3

    def test_without_a_plan_a_lost_delivery_stays_lost(self, sandbox: Running, receiver: Receiver) -> None:
        receiver.statuses = [503]
        server = {"url": f"{receiver.address}/vapi"}
        call = sandbox.create(assistant(receiver, serverMessages=["end-of-call-report"], server=server))
        sandbox.run(call["id"], answers="silent")
        until(lambda: receiver.hooks)
        time.sleep(0.5)
        assert len(receiver.hooks) == 1

    def test_a_status_that_is_excluded_is_not_tried_again(self, sandbox: Running, receiver: Receiver) -> None:
        receiver.statuses = [410]
        plan = {"type": "fixed", "maxRetries": 3, "baseDelaySeconds": 0.1, "excludedStatusCodes": [410]}
        server = {"url": f"{receiver.address}/vapi", "backoffPlan": plan}
        call = sandbox.create(assistant(receiver, serverMessages=["end-of-call-report"], server=server))
        sandbox.run(call["id"], answers="silent")
        until(lambda: receiver.hooks)
        time.sleep(0.4)
        assert len(receiver.hooks) == 1

    def test_the_servers_own_headers_are_sent(self, sandbox: Running, receiver: Receiver) -> None:
        server = {"url": f"{receiver.address}/vapi", "headers": {"X-Vapi-Secret": "shared"}}
        call = sandbox.create(assistant(receiver, server=server))
        sandbox.run(call["id"], answers="silent")
        assert receiver.wait("end-of-call-report").headers["x-vapi-secret"] == "shared"

    def test_two_deliveries_of_one_report_differ_in_their_links(self, sandbox: Running, receiver: Receiver) -> None:
        receiver.statuses = [503]
        plan = {"type": "fixed", "maxRetries": 1, "baseDelaySeconds": 1.1}
        server = {"url": f"{receiver.address}/vapi", "backoffPlan": plan}
        call = sandbox.create(assistant(receiver, serverMessages=["end-of-call-report"], server=server))
        sandbox.run(call["id"], answers="weak")
        receiver.wait("end-of-call-report", count=2)
        one, other = (hook.json["message"]["artifact"] for hook in receiver.hooks)
        assert one["presignedMonoUrl"] != other["presignedMonoUrl"]
        assert one["messages"] == other["messages"]
