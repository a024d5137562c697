"""What goes wrong on the way costs the candidate nothing."""

import re

import psutil
from playwright.sync_api import expect

from tests.e2e.candidate import Caller
from tests.e2e.product import Product
from tests.e2e.visitor import Visitor

ANSWER = "First I would look at the query plan, because a missing index is the usual reason for a slow page like this."
CUT_OFF = (
    "net::ERR_",
    "WebSocket connection to",
    "when disconnected from server",
    "Client Error in reaching server endpoint",
    "Streamlit server is not responding",
)
DENY_MICROPHONE = """
navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('denied', 'NotAllowedError'))
"""

DROPPING_SDK = """
export default class Vapi {
  constructor() { this.handlers = {} }
  on(name, handle) { this.handlers[name] = handle }
  emit(name, detail) { this.handlers[name]?.(detail) }
  async reconnect() {
    window.joined = (window.joined ?? 0) + 1
    this.emit("call-start")
    this.emit("call-start")
    if (window.joined > 1) return
    setTimeout(() => {
      this.emit("error", { type: "daily-error", error: { type: "connection-error", msg: "network connection lost" } })
      this.emit("call-end")
    }, 1000)
  }
  setMuted() {}
  async stop() {}
}
"""


def ready_interview(visitor: Visitor, mode: str) -> None:
    visitor.go(f"/setup?type=Technical&focus_technical=Databases&mode={mode}&minutes=15")
    visitor.sign_in()
    visitor.heading("New interview")
    visitor.settled()
    visitor.click("Continue to payment")
    visitor.click(re.compile("^Pay ₹"))
    visitor.page.get_by_role("button", name="Pay by UPI").click()
    expect(visitor.page.get_by_role("button", name="Start the interview")).to_be_visible()


def test_without_a_microphone_there_is_help_and_typing_goes_on(visitor: Visitor) -> None:
    visitor.page.add_init_script(DENY_MICROPHONE)
    ready_interview(visitor, "Voice")
    visitor.page.get_by_text("I agree that this call is recorded").click()
    visitor.settled()

    visitor.click("Start the interview")

    visitor.sees("The browser does not let us use the microphone.")
    visitor.sees("You need not wait: continue by typing.")
    expect(visitor.page.get_by_role("button", name="Try again")).to_be_visible()
    visitor.look("microphone")
    visitor.click("Continue by typing")
    visitor.click("Start the interview")
    visitor.sees("Question 1 of")


def test_a_line_that_drops_can_be_joined_again_and_ends_nothing(visitor: Visitor) -> None:
    """The SDK says twice that a call began; that it ended after a network error is no end of the interview."""
    visitor.page.route(
        "**/web/vapi.mjs",
        lambda route: route.fulfill(
            body=DROPPING_SDK, content_type="text/javascript", headers={"Access-Control-Allow-Origin": "*"}
        ),
    )
    ready_interview(visitor, "Voice")
    visitor.page.get_by_text("I agree that this call is recorded").click()
    visitor.settled()

    visitor.click("Start the interview")

    visitor.sees("The connection was lost. Nothing is lost of what was said: join again.")
    expect(visitor.page.get_by_role("button", name="Continue by typing")).to_be_visible()
    assert "/interview" in visitor.page.url
    visitor.page.get_by_role("button", name="Try again").click()
    visitor.sees("Connected")
    visitor.page.get_by_role("button", name="Mute").click()
    visitor.sees("Connected, you are muted")


def test_a_restarted_server_loses_nothing_of_an_interview(visitor: Visitor) -> None:
    visitor.tolerates(*CUT_OFF)
    ready_interview(visitor, "Typed")
    visitor.click("Start the interview")
    visitor.sees("Question 1 of")
    messages = visitor.page.get_by_test_id("stChatMessage")
    messages.first.wait_for()
    visitor.settled()
    before = messages.count()

    restart_application(visitor)
    visitor.page.get_by_role("textbox", name="Your answer").fill(ANSWER)
    expect(messages).to_have_count(before)
    visitor.page.get_by_role("button", name="Send answer").click()

    expect(messages.filter(has_text=ANSWER)).to_have_count(1)


def test_a_restarted_server_leaves_a_call_standing(visitor: Visitor) -> None:
    visitor.tolerates(*CUT_OFF)
    ready_interview(visitor, "Voice")
    visitor.page.get_by_text("I agree that this call is recorded").click()
    visitor.settled()
    visitor.click("Start the interview")
    visitor.sees("Connected")
    said = visitor.page.get_by_role("log", name="What is said appears here.")
    expect(said).to_contain_text("Interviewer:")

    restart_application(visitor)
    visitor.page.get_by_label("Your answer").fill(ANSWER)
    visitor.page.get_by_role("button", name="Say it").click()

    expect(said).to_contain_text(ANSWER)
    visitor.sees("Connected")
    expect(visitor.page.get_by_role("button", name="Join the call")).to_have_count(0)
    end_the_interview(visitor)
    visitor.sees("Overall score")


def end_the_interview(visitor: Visitor) -> None:
    """The new server knows nothing of this page until it has run again, which the page brings about by itself."""
    confirm = visitor.page.get_by_role("button", name="End and get my report")
    expect(visitor.page.get_by_role("button", name="End interview")).to_be_enabled()
    visitor.page.get_by_role("button", name="End interview").click()
    confirm.click()


def test_a_restarted_server_loses_nothing_of_a_setup_a_payment_and_a_report(visitor: Visitor, product: Product) -> None:
    visitor.tolerates(*CUT_OFF)
    rahul = Caller(product, "rahul.bose", name="Rahul Bose")
    set_up_over_a_restart(visitor, rahul.username)
    pay_over_a_restart(visitor)
    wait_for_the_report_over_a_restart(visitor)
    assert len(rahul.api("GET", "/interviews/history")["items"]) == 1
    assert [paid["status"] for paid in rahul.api("GET", "/payments")["items"]] == ["paid"]


def set_up_over_a_restart(visitor: Visitor, username: str) -> None:
    visitor.go("/setup?type=technical&focus_technical=databases&mode=text&minutes=15")
    visitor.sign_in(username)
    visitor.heading("New interview")
    role = visitor.page.get_by_role("textbox", name="Role you are preparing for")
    role.fill("Backend engineer")
    role.press("Enter")
    visitor.settled()
    restart_application(visitor)
    visitor.page.reload()
    expect(role).to_have_value("Backend engineer")
    expect(visitor.page.get_by_role("button", name="Databases")).to_have_attribute("aria-pressed", "true")
    restart_application(visitor)
    visitor.page.get_by_role("button", name="Continue to payment").click()
    visitor.heading("Payment")


def pay_over_a_restart(visitor: Visitor) -> None:
    """The server goes while the payment window is open; the money arrives all the same, once."""
    visitor.click(re.compile("^Pay ₹"))
    visitor.page.get_by_role("button", name="Pay by UPI").wait_for()
    restart_application(visitor)
    visitor.page.get_by_role("button", name="Pay by UPI").click()
    expect(visitor.page.get_by_role("button", name="Start the interview")).to_be_visible()


def wait_for_the_report_over_a_restart(visitor: Visitor) -> None:
    visitor.click("Start the interview")
    visitor.sees("Question 1 of")
    visitor.page.get_by_role("textbox", name="Your answer").fill(ANSWER)
    visitor.page.get_by_role("button", name="Send answer").click()
    visitor.settled()
    with visitor.product.fault(provider="gemini", fault="timeout", delayMs=3000):
        end_the_interview(visitor)
        visitor.sees("Transcript received")
        restart_application(visitor)
        visitor.sees("Overall score")


def restart_application(visitor: Visitor) -> None:
    """Kill the Streamlit server as a crash would; the runner starts another."""
    folder = str(visitor.product.folder)
    for process in psutil.process_iter(["pid", "cmdline"]):
        try:
            ours = process.environ().get("GREENROOM_DATA_DIR") == folder
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
        if ours and "streamlit" in (process.info["cmdline"] or []):
            process.kill()
            visitor.product.wait_for_application()
            return
    raise AssertionError("no application to restart")
