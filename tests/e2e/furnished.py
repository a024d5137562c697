"""A product with something to see on every screen, and where each screen in each of its states is to be seen."""

import re
from dataclasses import dataclass, replace

from playwright.sync_api import Page

from tests.e2e.candidate import Caller, Candidate
from tests.e2e.product import PASSWORD, Product

AREAS = ("databases", "apis")
STRONG = {"answers": "strong"}
WEAK = {"answers": "weak"}
DROPPED = {"answers": "strong", "dropAfter": 2, "endedReason": "pipeline-error-line-broke"}
PRACTISING, NEW, COACH, ADMIN = "nila.shah", "omar.khan", "coach", "admin"
VIEWS = ("overview", "learners", "competencies", "questions", "assignments", "agreement", "settings")
REDRAWN_MS = 100
TALL = 6000
"""A window so high that nothing is scrolled away: Streamlit scrolls inside it."""
IS_DARK = """dark => {
  const [red] = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor.match(/\\d+/)
  return (Number(red) < 128) === dark
}"""
FADED = "() => !document.getAnimations().some(animation => animation instanceof CSSTransition)"
"""No colour is on its way to another any more."""
OPENS = "button, summary, [role=tab]"
OPERATIONS = ("Providers", "Events", "Stuck", "Messages", "Money")


@dataclass(frozen=True)
class Sight:
    """A screen in one of its states."""

    name: str
    path: str
    shows: str
    """What stands on it once it is drawn."""
    who: str | None = None
    """Whose it is; None where nobody is signed in."""
    clicks: tuple[str, ...] = ()
    """Buttons, tabs and sections to be opened on it, by how their names begin."""
    follows: bool = False
    """It is the screen before, on which something else is opened; the page is not loaded again."""


@dataclass(frozen=True)
class Furnished:
    reported: str
    earlier: str
    unpaid: str
    ready: str
    ready_typed: str
    talking: str
    typing: str
    cohort: str
    learner: str
    invitation: str


def furnish(product: Product) -> Furnished:
    """Have somebody practise for a cohort and leave interviews in every state; and open an account without any."""
    coach = Caller(product, COACH)
    Caller(product, NEW, name="Omar Khan")
    practising = Candidate(product, PRACTISING, name="Nila Shah")
    cohort: str = coach.api("POST", "/cohorts", {"name": "Backend, autumn"})["cohortId"]
    invitation: str = coach.api("POST", f"/cohorts/{cohort}/invitations", {})["token"]
    share = {"scores": True, "reports": True, "audio": True}
    practising.api("POST", "/cohorts/join", {"token": invitation, "share": share})
    earlier = practising.hold(WEAK, areas=AREAS)
    reported = practising.hold(DROPPED, WEAK, areas=AREAS)
    typing = practising.ready(kind="behavioral", areas=("teamwork",), mode="text")
    practising.start(typing)
    talking = practising.ready(kind="technical", areas=AREAS)
    practising.start(talking)
    return Furnished(
        reported=reported,
        earlier=earlier,
        unpaid=practising.set_up(kind="technical", areas=AREAS),
        ready=practising.ready(kind="technical", areas=AREAS),
        ready_typed=practising.ready(kind="behavioral", areas=("teamwork",), mode="text"),
        talking=talking,
        typing=typing,
        cohort=cohort,
        learner=coach.api("GET", f"/cohorts/{cohort}/members")["items"][0]["userId"],
        invitation=invitation,
    )


def sights(made: Furnished) -> tuple[Sight, ...]:
    """Every screen with what it shows: to nobody, to somebody new, to somebody who practises, to a coach, an admin."""
    return (*_signed_out(), *_new(made), *_practising(made), *_coach(made), *_admin())


def _signed_out() -> tuple[Sight, ...]:
    return (
        Sight("login", "/", "Create an account"),
        Sight("register", "/", "I have an account", clicks=("Create an account",)),
        Sight("forgot", "/", "Send me a link", clicks=("Forgot your password?",)),
        Sight("reset", "/?reset=nothing", "Set a new password"),
        Sight("link-ended", "/?shared=nothing", "This link has ended"),
    )


def _new(made: Furnished) -> tuple[Sight, ...]:
    here = (
        Sight("welcome", "/", "Set up your first interview"),
        Sight("history-empty", "/history", "Your interviews will be listed here"),
        Sight("joining", f"/account?join={made.invitation}", "Join the cohort"),
        Sight("missing", "/report?session=int_nothing", "We could not find that interview"),
        Sight("denied", "/operations", "Your interviews"),
    )
    return tuple(replace(sight, who=NEW) for sight in here)


def _practising(made: Furnished) -> tuple[Sight, ...]:
    here = (
        Sight("home", "/", "Where you stand"),
        Sight(
            "setup", "/setup?type=technical", "Continue to payment", clicks=("At your own pace", "Make it about you")
        ),
        Sight("setup-refused", "/setup?mode=text", "Choose 1 to 5 focus areas", clicks=("Continue to payment",)),
        Sight("setup-study", "/setup?mode=text&purpose=study", "it does not count in your trends"),
        Sight("payment", f"/payment?session={made.unpaid}", "Pay ₹"),
        Sight("lobby", f"/interview?session={made.ready}", "I agree that this call"),
        Sight("lobby-typed", f"/interview?session={made.ready_typed}", "Start the interview"),
        Sight("typing", f"/interview?session={made.typing}", "Send answer"),
        Sight("talking", f"/interview?session={made.talking}", "Interviewer:"),
        Sight(
            "report",
            f"/report?session={made.reported}",
            "Question by question",
            clicks=("Transcript", "How you spoke", "Something is wrong", "Show this report", "Compare with an"),
        ),
        Sight("history", "/history", "Open report"),
        Sight("history-nothing-found", "/history?kind=hr", "No interview of yours matches"),
        Sight("account", "/account", "Who sees your results"),
    )
    return tuple(replace(sight, who=PRACTISING) for sight in here)


def _coach(made: Furnished) -> tuple[Sight, ...]:
    here = (
        Sight("cohorts", "/cohorts", "Backend, autumn"),
        *(Sight(f"cohort-{view}", f"/cohort?cohort={made.cohort}&view={view}", "Backend, autumn") for view in VIEWS),
        Sight("learner", f"/learner?cohort={made.cohort}&learner={made.learner}", "Nila Shah"),
        Sight("review", "/review", "Review"),
    )
    return tuple(replace(sight, who=COACH) for sight in here)


def _admin() -> tuple[Sight, ...]:
    return tuple(
        Sight(f"operations-{tab.lower()}", "/operations", "Operations", ADMIN, (tab,), follows=bool(order))
        for order, tab in enumerate(OPERATIONS)
    )


def sign_in(page: Page, product: Product, username: str) -> None:
    page.goto(product.app)
    page.get_by_role("textbox", name="Username").fill(username)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Login").click()
    page.locator("header").get_by_role("link", name="Account").wait_for()


def show(page: Page, product: Product, sight: Sight) -> None:
    """Bring a screen up in its state and wait until it stands."""
    if not sight.follows:
        page.goto(product.app + sight.path)
    for click in sight.clicks:
        page.locator(OPENS).get_by_text(re.compile(f"^{click}")).filter(visible=True).first.click()
        still(page)
    page.get_by_text(sight.shows).filter(visible=True).first.wait_for()
    still(page)


def dress(page: Page, *, width: int, dark: bool, height: int = TALL) -> None:
    """Change a window's width and theme in place, and wait until it is redrawn."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.wait_for_function(IS_DARK, arg=dark)
    page.wait_for_timeout(REDRAWN_MS)
    page.wait_for_function(FADED)


def still(page: Page) -> None:
    """Wait until no script runs."""
    page.wait_for_timeout(150)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
