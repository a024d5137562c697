"""What page tests share: a browser with somebody in it, interviews brought to a point, and looking things up."""

from dataclasses import dataclass
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core.accounts.types import Actor
from core.interviews import flows, service
from core.interviews.catalogue import Difficulty, InterviewType, Mode
from core.interviews.types import SessionView, SetUp
from core.payments import flows as payment_flows
from core.reports.flows import write_report
from core.wiring import Greenroom
from tests.pages.fakes import checkout_signature

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30


@dataclass
class Visitor:
    """A browser with somebody signed in, or nobody."""

    actor: Actor | None

    def open(self, screen: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=SECONDS).run()
        for name, value in query.items():
            app.query_params[name] = value
        return app.switch_page(f"../pages/{screen}.py").run()


@dataclass
class Story:
    """Brings an interview of Asha's to where a test begins."""

    greenroom: Greenroom
    actor: Actor

    def set_up(self, *, mode: Mode = Mode.TEXT, minutes: int = 12, study: bool = False) -> str:
        setup = SetUp(InterviewType.TECHNICAL, Difficulty.MEDIUM, ("databases",), mode, minutes, study=study)
        return flows.set_up(self.greenroom, self.actor, setup).session_id

    def pay(self, session_id: str) -> str:
        order = payment_flows.open_order(self.greenroom, self.actor, session_id)
        paid = order.order_id.replace("order_", "paid_", 1)
        payment_flows.verify(
            self.greenroom,
            self.actor,
            order_id=order.order_id,
            payment_id=paid,
            signature=checkout_signature(order.order_id, paid),
        )
        return session_id

    def ready(self, *, mode: Mode = Mode.TEXT, minutes: int = 12, study: bool = False) -> str:
        return self.pay(self.set_up(mode=mode, minutes=minutes, study=study))

    def started(self, *, mode: Mode = Mode.TEXT, minutes: int = 12, study: bool = False) -> str:
        session_id = self.ready(mode=mode, minutes=minutes, study=study)
        flows.start(self.greenroom, self.actor, session_id, consents=True)
        return session_id

    def answered(self, *answers: str) -> str:
        """A typed interview that was ended after these answers and waits for its report."""
        from core.interviews import service

        session_id = self.started()
        for text in answers:
            with self.greenroom.uow() as uow:
                service.answer(uow, self.actor, session_id, text)
        flows.complete(self.greenroom, self.actor, session_id)
        return session_id

    def reported(self, *answers: str) -> str:
        session_id = self.answered(*answers)
        write_report(self.greenroom, session_id)
        return session_id

    def view(self, session_id: str) -> SessionView:
        with self.greenroom.uow() as uow:
            return service.session_view(uow, self.actor, session_id)


def said(app: AppTest) -> str:
    """Every word on the screen, for looking something up in it."""
    kinds = (app.title, app.subheader, app.markdown, app.text, app.info, app.warning, app.error, app.success)
    shown = [element.value for kind in kinds for element in kind]
    shown += [f"{metric.label} {metric.value}" for metric in app.metric]
    shown += [button.label for button in app.button]
    return "\n".join(shown)


def button(app: AppTest, label: str) -> Button:
    found = [b for b in app.button if b.label == label]
    assert len(found) == 1, f"{len(found)} buttons called {label!r} among {[b.label for b in app.button]}"
    return found[0]
