"""The browser's half of a component, after whoever it worked for has left."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from ui import words
from ui.components import source

SITE = "http://localhost/"
SDK = """
export default class Vapi {
  constructor() { window.clients = (window.clients ?? 0) + 1 }
  on() {}
  reconnect() { return new Promise(done => (window.connect = done)) }
  stop() { window.stopped = (window.stopped ?? 0) + 1 }
}
"""
ASKING = """
navigator.mediaDevices.getUserMedia = () => new Promise(grant => {
  window.grant = () => {
    window.stream = new AudioContext().createMediaStreamDestination().stream
    grant(window.stream)
  }
})
"""
MOUNT = """
async ([html, script, data]) => {
  document.body.innerHTML = html
  const { default: mount } = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })))
  window.leave = mount({ data, parentElement: document.body, setStateValue() {} })
}
"""
IS_OVER = "window.stream.getTracks().every(track => track.readyState === 'ended')"
Mount = Callable[..., Page]


@pytest.fixture
def mount(browser: Browser) -> Iterator[Mount]:
    """Put up a component on a page of its own. The browser asks for the microphone until `grant` is called."""
    context = browser.new_context()
    page = context.new_page()

    def serve(route: Route) -> None:
        script = route.request.url.endswith(".mjs")
        route.fulfill(body=SDK if script else "", content_type="text/javascript" if script else "text/html")

    def put_up(name: str, *scripts: str, **data: Any) -> Page:
        page.route("**/*", serve)
        page.add_init_script(ASKING)
        page.clock.install()
        page.goto(SITE)
        script = "\n".join((source.HERE / f"{part}.js").read_text("utf-8") for part in (*scripts, name))
        page.evaluate(MOUNT, [(source.HERE / f"{name}.html").read_text("utf-8"), script, data])
        return page

    yield put_up
    context.close()


def call(mount: Mount) -> Page:
    """A call that waits for the microphone. Mounting counts as a gesture here, so it joins by itself."""
    page = mount(
        *("voice", "microphone_help", "question_number"),
        sdk=f"{SITE}vapi.mjs",
        call="call-1",
        webCallUrl=SITE,
        secondsLeft=600,
        marks=[],
        words=dict(words.VOICE),
    )
    page.wait_for_function("Boolean(window.grant)")
    return page


def test_a_microphone_that_is_granted_after_the_check_was_left_is_turned_off(mount: Mount) -> None:
    page = mount("preflight", "microphone_help", words=dict(words.PREFLIGHT))
    page.locator(".start").click()
    page.clock.run_for(4000)  # Longer than the check looks for a way to the network.
    page.wait_for_function("Boolean(window.grant)")

    page.evaluate("leave()")
    page.evaluate("grant()")

    page.clock.run_for(1000)
    page.wait_for_function(IS_OVER, timeout=5000)


def test_a_call_that_was_left_before_the_microphone_was_granted_is_not_joined(mount: Mount) -> None:
    page = call(mount)
    page.evaluate("leave()")
    page.clock.run_for(5000)
    assert page.evaluate("__greenroomCalls.size") == 0

    page.evaluate("grant()")
    page.wait_for_function(IS_OVER, timeout=5000)
    page.evaluate(f"import('{SITE}vapi.mjs')")

    assert page.evaluate("window.clients ?? 0") == 0


def test_a_call_that_was_left_while_it_connected_is_hung_up_when_it_has(mount: Mount) -> None:
    page = call(mount)
    page.evaluate("grant()")
    page.wait_for_function("Boolean(window.connect)")
    page.evaluate("leave()")
    page.clock.run_for(5000)
    assert page.evaluate("window.stopped") == 1

    page.evaluate("connect()")
    page.wait_for_function("window.stopped === 2", timeout=5000)


def test_a_call_that_was_left_twice_does_not_drop_the_one_after_it(mount: Mount) -> None:
    page = call(mount)
    first = page.evaluate_handle("__greenroomCalls.get('call-1')")
    page.evaluate("leave()")
    page.clock.run_for(5000)
    page.evaluate("__greenroomCalls.set('call-1', 'the next one')")

    first.evaluate("call => call.leave()")

    assert page.evaluate("__greenroomCalls.get('call-1')") == "the next one"
