"""The control plane's faults, one by one, as the product meets them."""

import time
from typing import Any

import httpx
import pytest

from tests.sandbox.support import KEY_ID, KEY_SECRET, PUBLIC, Receiver, Running, assistant
from tests.waiting import until

EVENTS = ["payment.authorized", "payment.captured", "order.paid"]


def pay(sandbox: Running) -> str:
    order_id = str(sandbox.order()["id"])
    sandbox.pay(order_id)
    return order_id


class TestAsking:
    def test_faults_are_listed_in_order_and_cleared(self, sandbox: Running) -> None:
        sandbox.fault("razorpay", "http_status", status=500, times=2)
        sandbox.fault("vapi", "delay_webhook", delayMs=50)
        listed = sandbox.http.get("/_control/faults").json()["faults"]
        assert [(f["provider"], f["fault"], f["times"]) for f in listed] == [
            ("razorpay", "http_status", 2),
            ("vapi", "delay_webhook", None),
        ]
        assert sandbox.http.delete("/_control/faults").status_code == 200
        assert sandbox.http.get("/_control/faults").json()["faults"] == []
        assert sandbox.order()["status"] == "created"

    @pytest.mark.parametrize(
        "body",
        [
            {"provider": "paypal", "fault": "timeout"},
            {"provider": "vapi", "fault": "explode"},
            {"provider": "gemini", "fault": "drop_webhook"},
            {"provider": "razorpay", "fault": "blocked"},
            {"provider": "vapi", "fault": "timeout", "times": 0},
            {"provider": "vapi", "fault": "timeout", "often": 1},
            [],
        ],
        ids=str,
    )
    def test_what_cannot_be_is_refused_with_a_reason(self, sandbox: Running, body: Any) -> None:
        reply = sandbox.control("faults", body)
        assert reply.status_code == 400
        assert reply.json()["errors"]
        assert sandbox.http.get("/_control/faults").json()["faults"] == []

    def test_a_count_runs_out(self, sandbox: Running) -> None:
        sandbox.fault("razorpay", "http_status", status=503, times=2)
        assert [sandbox.razorpay("GET", "orders").status_code for _ in range(3)] == [503, 503, 200]

    def test_a_reset_forgets_everything(self, sandbox: Running, receiver: Receiver) -> None:
        order_id = pay(sandbox)
        call_id = sandbox.create(assistant(receiver))["id"]
        sandbox.fault("razorpay", "timeout")
        assert sandbox.control("reset").status_code == 200
        assert sandbox.razorpay("GET", f"orders/{order_id}").status_code == 400
        assert sandbox.call(call_id).status_code == 404

    def test_the_control_plane_is_not_open_to_other_pages(self, sandbox: Running) -> None:
        asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
        assert "access-control-allow-origin" not in sandbox.http.options("/_control/reset", headers=asked).headers
        assert sandbox.http.options("/web/vapi.mjs", headers=asked).headers["access-control-allow-origin"] == "*"


class TestAnswers:
    @pytest.mark.parametrize(
        ("status", "code"), [(500, "SERVER_ERROR"), (502, "GATEWAY_ERROR"), (429, "BAD_REQUEST_ERROR")]
    )
    def test_razorpay_fails_in_its_own_words(self, sandbox: Running, status: int, code: str) -> None:
        sandbox.fault("razorpay", "http_status", status=status)
        reply = sandbox.razorpay("GET", "orders")
        assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)

    def test_vapi_fails_in_its_own_words_and_makes_no_call(self, sandbox: Running, receiver: Receiver) -> None:
        sandbox.fault("vapi", "http_status", status=503, times=1)
        reply = sandbox.create_reply(assistant(receiver))
        assert (reply.status_code, reply.json()["statusCode"]) == (503, 503)

    @pytest.mark.parametrize("fault", ["malformed", "truncated"])
    def test_a_garbled_answer_belongs_to_a_request_that_was_carried_out(self, sandbox: Running, fault: str) -> None:
        sandbox.fault("razorpay", fault, times=1)
        body = {"amount": 49_900, "currency": "INR", "receipt": "mi-9"}
        reply = sandbox.razorpay("POST", "orders", json=body)
        assert reply.status_code == 200
        with pytest.raises(ValueError, match="Expecting|Unterminated|delimiter"):
            reply.json()
        assert sandbox.razorpay("GET", "orders?receipt=mi-9").json()["count"] == 1

    def test_a_client_that_gives_up_has_made_its_order_all_the_same(self, sandbox: Running) -> None:
        sandbox.fault("razorpay", "timeout", times=1)
        body = {"amount": 49_900, "currency": "INR", "receipt": "mi-10"}
        with pytest.raises(httpx.ReadTimeout):
            sandbox.razorpay("POST", "orders", json=body, timeout=0.3)
        assert sandbox.razorpay("GET", "orders?receipt=mi-10").json()["count"] == 1


class TestWebhooks:
    def test_a_dropped_event_never_comes(self, sandbox: Running, receiver: Receiver) -> None:
        sandbox.fault("razorpay", "drop_webhook", times=1)
        pay(sandbox)
        receiver.wait("order.paid")
        assert receiver.kinds() == EVENTS[1:]

    def test_a_doubled_event_comes_twice_under_one_id(self, sandbox: Running, receiver: Receiver) -> None:
        sandbox.fault("razorpay", "duplicate_webhook")
        pay(sandbox)
        receiver.wait("order.paid", count=2)
        assert sorted(receiver.kinds()) == sorted(EVENTS * 2)
        assert len({hook.headers["x-razorpay-event-id"] for hook in receiver.hooks}) == 3

    def test_a_delayed_event_is_overtaken(self, sandbox: Running, receiver: Receiver) -> None:
        sandbox.fault("razorpay", "delay_webhook", times=1, delayMs=400)
        pay(sandbox)
        receiver.wait("payment.authorized")
        assert receiver.kinds() == [*EVENTS[1:], EVENTS[0]]

    def test_reordered_events_come_last_one_first(self, sandbox: Running, receiver: Receiver) -> None:
        sandbox.fault("razorpay", "reorder_webhooks", delayMs=200)
        pay(sandbox)
        receiver.wait("payment.authorized")
        assert receiver.kinds() == EVENTS[::-1]

    @pytest.mark.parametrize("provider", ["razorpay", "vapi"])
    def test_a_forged_event_carries_another_signature(
        self, sandbox: Running, receiver: Receiver, provider: str
    ) -> None:
        sandbox.fault(provider, "forge_signature", times=1)
        server = {"url": f"{receiver.address}/vapi", "headers": {"X-Vapi-Secret": "shared"}}
        if provider == "vapi":
            sandbox.run(sandbox.create(assistant(receiver, server=server))["id"], answers="silent")
        else:
            pay(sandbox)
        until(lambda: len(receiver.hooks) == 3)
        assert [hook.is_signed() for hook in receiver.hooks] == [False, True, True]
        if provider == "vapi":
            assert [hook.headers["x-vapi-secret"] == "shared" for hook in receiver.hooks] == [False, True, True]

    def test_a_forged_event_stays_forged_when_it_is_tried_again(self, sandbox: Running, receiver: Receiver) -> None:
        sandbox.fault("razorpay", "forge_signature", times=1)
        order_id = sandbox.order()["id"]
        receiver.refuse(order_id, 401)
        sandbox.pay(order_id, "failed")
        assert [hook.is_signed() for hook in receiver.tries(order_id, 2)] == [False, False]

    def test_vapis_events_can_be_lost_too(self, sandbox: Running, receiver: Receiver) -> None:
        sandbox.fault("vapi", "drop_webhook")
        call_id = sandbox.create(assistant(receiver))["id"]
        sandbox.run(call_id, answers="weak")
        until(lambda: sandbox.call(call_id).json()["status"] == "ended")
        time.sleep(0.3)
        assert receiver.hooks == []


class TestRequests:
    def test_what_was_sent_is_shown_with_secrets_masked(self, sandbox: Running, receiver: Receiver) -> None:
        sandbox.order(receipt="mi-11")
        sandbox.create(assistant(receiver))
        sandbox.http.get("/gemini/v1beta/models", params={"key": "gemini-key-of-the-tests"})
        shown = sandbox.http.get("/_control/requests").json()["requests"]
        assert [(r["provider"], r["method"], r["path"], r["status"]) for r in shown] == [
            ("razorpay", "POST", "/razorpay/v1/orders", 200),
            ("vapi", "POST", "/vapi/call/web", 201),
            ("gemini", "GET", "/gemini/v1beta/models", 200),
        ]
        assert shown[0]["body"]["receipt"] == "mi-11"
        assert shown[0]["headers"]["authorization"] == "Basic ***"
        assert shown[1]["headers"]["authorization"] == "Bearer ***"
        text = str(shown)
        for secret in (PUBLIC, KEY_SECRET, "gemini-key-of-the-tests"):
            assert secret not in text

    def test_they_are_told_apart_by_provider(self, sandbox: Running) -> None:
        sandbox.order()
        asked = {"provider": "vapi"}
        assert sandbox.http.get("/_control/requests", params=asked).json()["requests"] == []
        assert sandbox.http.get("/_control/requests", params={"provider": "aws"}).status_code == 400

    def test_what_browsers_do_is_not_among_them(self, sandbox: Running) -> None:
        order_id = sandbox.order()["id"]
        sandbox.http.get(f"/razorpay/checkout/orders/{order_id}", params={"key": KEY_ID})
        sandbox.http.get("/web/checkout.js")
        shown = sandbox.http.get("/_control/requests").json()["requests"]
        assert [r["path"] for r in shown] == ["/razorpay/v1/orders"]
