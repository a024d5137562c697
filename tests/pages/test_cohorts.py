"""The coach's screens: figures with what they rest on, and nothing that was not agreed to."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.accounts.types import Actor, Role
from core.clock import utc_now
from core.cohorts import agreement, assignments, comparing, service
from core.cohorts.models import ALL_DAYS, CohortDay, CohortQuestion
from core.cohorts.types import Share, Week
from core.i18n import using
from core.ids import new_id
from core.interviews.bank import load_bank
from core.interviews.catalogue import InterviewType
from core.reports.models import ReportReview
from core.reports.states import ReviewKind, ReviewStatus
from core.wiring import Greenroom
from tests.pages.support import Story, Visitor, button, said
from ui import charts, cohort_charts
from ui.components.cohort_settings import addresses_in
from ui.guard import PageContext
from ui.routes import Screen

ANSWER = "An index is a sorted structure beside the table that lets a query find rows without reading all of them."


@pytest.fixture
def coach(person: Callable[..., Actor]) -> Actor:
    return person("Ravi", Role.COACH)


@pytest.fixture
def cohort_id(greenroom: Greenroom, coach: Actor) -> str:
    with greenroom.uow() as uow:
        return service.create(uow, coach, "Batch of 2027").cohort_id


def joined(greenroom: Greenroom, coach: Actor, cohort_id: str, learner: Actor, share: Share) -> None:
    with greenroom.uow() as uow:
        token = service.invite(uow, coach, cohort_id, app_url="https://app.test").token
        service.join(uow, learner, token, share)


@pytest.mark.parametrize("screen", [Screen.COHORTS, Screen.COHORT, Screen.LEARNER])
def test_they_are_closed_to_candidates(visit: Visitor, screen: Screen, cohort_id: str) -> None:
    app = visit.open(screen, cohort=cohort_id)
    assert "This is not open to your role" in said(app)
    assert "Batch of 2027" not in said(app)


def test_a_cohort_is_made_and_opened(visit: Visitor, coach: Actor) -> None:
    visit.actor = coach
    app = visit.open(Screen.COHORTS)
    app.text_input[0].set_value("Evening class")
    button(app, "Create the cohort").click().run()
    assert [title.value for title in app.title] == ["Evening class"]
    assert "No shared interview yet" in said(app)


def test_a_second_click_makes_no_second_cohort(
    visit: Visitor, greenroom: Greenroom, coach: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.actor = coach
    # The first run is cut off before it can leave, as a second click does to it.
    left: list[str] = []
    monkeypatch.setattr("ui.routes.go", lambda _screen, **ids: left.append(ids["cohort"]))
    app = visit.open(Screen.COHORTS)
    app.text_input[0].set_value("Evening class")
    button(app, "Create the cohort").click().run()
    button(app, "Create the cohort").click().run()

    with greenroom.uow() as uow:
        [made] = service.cohorts(uow, coach, limit=10).items
    assert left == [made.cohort_id] * 2

    app.run()
    button(app, "Create the cohort").click().run()
    assert left[2] != made.cohort_id


def test_another_coachs_cohort_is_not_found(visit: Visitor, person: Callable[..., Actor], cohort_id: str) -> None:
    visit.actor = person("Else", Role.COACH)
    app = visit.open(Screen.COHORT, cohort=cohort_id)
    assert "Not found" in said(app)
    assert "Batch of 2027" not in said(app)


def test_figures_stand_with_the_number_they_rest_on(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str, story: Story
) -> None:
    story.reported(*[ANSWER] * 3)
    joined(greenroom, coach, cohort_id, story.actor, Share())
    visit.actor = coach

    words = said(visit.open(Screen.COHORT, cohort=cohort_id))
    assert "Interviews 1" in words
    assert "n = 1" in words
    assert "Asha" in said(visit.open(Screen.COHORT, cohort=cohort_id, view="learners"))


@dataclass
class Read:
    """The verbs that a screen called, by name."""

    names: list[str]

    def of(self, visit: Visitor, cohort_id: str, **view: str) -> set[str]:
        self.names.clear()
        visit.open(Screen.COHORT, cohort=cohort_id, **view)
        return set(self.names) & OF_VIEWS


OF_VIEWS = {"analytics", "growth_of", "activity_of", "members", "questions", "progress", "panel", "coaches", "credit"}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    noted = Read([])
    for way in ("read", "look"):
        real = getattr(PageContext, way)

        def noting(ctx: PageContext, verb: Any, *args: Any, real: Any = real, **kwargs: Any) -> Any:
            noted.names.append(verb.__name__)
            return real(ctx, verb, *args, **kwargs)

        monkeypatch.setattr(PageContext, way, noting)
    return noted


def test_only_the_open_part_is_read(visit: Visitor, coach: Actor, cohort_id: str, read: Read) -> None:
    visit.actor = coach
    assert read.of(visit, cohort_id) == {"analytics"}
    assert read.of(visit, cohort_id, view="learners") == {"members"}
    assert read.of(visit, cohort_id, view="competencies") == {"analytics"}
    assert read.of(visit, cohort_id, view="questions") == {"questions"}
    assert read.of(visit, cohort_id, view="assignments") == {"progress"}
    assert read.of(visit, cohort_id, view="agreement") == {"panel"}
    assert read.of(visit, cohort_id, view="settings") == {"coaches", "credit"}
    assert read.of(visit, cohort_id, view="nonsense") == {"analytics"}


def test_filters_are_taken_from_the_address(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str, story: Story
) -> None:
    story.reported(*[ANSWER] * 3)
    joined(greenroom, coach, cohort_id, story.actor, Share())
    visit.actor = coach
    today = utc_now().date()
    yesterday = str(today - timedelta(days=1))
    assert "Interviews 1" in said(visit.open(Screen.COHORT, cohort=cohort_id, **{"from": str(today)}))
    assert "Interviews 0" in said(visit.open(Screen.COHORT, cohort=cohort_id, to=yesterday))
    assert "Interviews 0" in said(visit.open(Screen.COHORT, cohort=cohort_id, of_type="hr"))
    assert "Interviews 1" in said(visit.open(Screen.COHORT, cohort=cohort_id, of_type="nonsense"))
    assert "lies after the last" in said(
        visit.open(Screen.COHORT, cohort=cohort_id, to=yesterday, **{"from": str(today)})
    )


def test_a_learner_who_shares_nothing_shows_nothing(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str, story: Story
) -> None:
    story.reported(*[ANSWER] * 3)
    joined(greenroom, coach, cohort_id, story.actor, Share(scores=False, reports=False))
    visit.actor = coach

    words = said(visit.open(Screen.LEARNER, cohort=cohort_id, learner=story.actor.user_id))

    assert "Scores are not shared" in words
    assert "By competency" not in words


def test_where_only_aggregates_are_shown_nobody_is_ranked(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str, story: Story
) -> None:
    joined(greenroom, coach, cohort_id, story.actor, Share())
    visit.actor = coach
    app = visit.open(Screen.COHORT, cohort=cohort_id, view="learners")
    assert "Order" in [box.label for box in app.selectbox]

    with greenroom.uow() as uow:
        service.change(uow, coach, cohort_id, feedback_only=True)

    app = visit.open(Screen.COHORT, cohort=cohort_id, view="learners")
    assert story.actor.name in said(app)
    assert "Order" not in [box.label for box in app.selectbox]


def test_a_shared_report_is_read_and_an_answer_judged_anew(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str, story: Story
) -> None:
    session_id = story.reported(*[ANSWER] * 3)
    joined(greenroom, coach, cohort_id, story.actor, Share())
    visit.actor = coach
    app = visit.open(Screen.LEARNER, cohort=cohort_id, learner=story.actor.user_id, session=session_id)
    assert "Question by question" in said(app)

    button(app, "Set the score").click().run()
    assert "Say why" in said(app)
    [reason] = [area for area in app.text_area if area.label == "Reason"]
    reason.set_value("She was right.")
    button(app, "Set the score").click().run()

    assert "Ravi set this score to 50" in said(app)


def test_joining_asks_what_is_shown_and_withdrawing_hides_it(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str
) -> None:
    with greenroom.uow() as uow:
        token = service.invite(uow, coach, cohort_id, app_url="https://app.test").token
    app = visit.open(Screen.ACCOUNT, join=token)
    button(app, "Join the cohort").click().run()
    assert "Who sees your results" in said(app)

    button(app, "Withdraw").click().run()
    button(app, "Withdraw from the cohort").click().run()

    assert "Who sees your results" not in said(app)
    with greenroom.uow() as uow:
        assert service.cohort(uow, coach, cohort_id).member_count == 0


def test_a_dead_link_says_so(visit: Visitor) -> None:
    assert "This invitation is not known or has ended" in said(visit.open(Screen.ACCOUNT, join="nothing"))


def test_practice_is_asked_for_and_shown_to_the_learner(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str, asha: Actor
) -> None:
    joined(greenroom, coach, cohort_id, asha, Share())
    visit.actor = coach
    app = visit.open(Screen.COHORT, cohort=cohort_id, view="assignments")
    button(app, "Assign to all").click().run()
    assert "0 of 1 learners have done it" in "".join(str(element.proto) for element in app.get("progress"))

    visit.actor = asha
    words = said(visit.open(Screen.HOME))
    assert "Your coach asks for" in words
    assert "Batch of 2027" in words or "Behavioral" in words


def test_a_second_click_asks_for_practice_once(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.actor = coach
    app = visit.open(Screen.COHORT, cohort=cohort_id, view="assignments")
    with monkeypatch.context() as cut_off:
        # The first run is cut off before the screen is drawn anew, as a second click does to it.
        cut_off.setattr("streamlit.rerun", lambda: None)
        button(app, "Assign to all").click().run()
    button(app, "Assign to all").click().run()
    assert asked_for(app) == [1]

    button(app, "Assign to all").click().run()
    assert asked_for(app) == [1, 1]


def ask_for_practice(greenroom: Greenroom, coach: Actor, cohort_id: str, times: int) -> list[str]:
    """Assignments of 1, 2, 3 … interviews, each due a day after the one before. Returns their ids."""
    with greenroom.uow() as uow:
        return [
            assignments.assign(
                uow, coach, cohort_id, type=InterviewType.HR, difficulty=None, focus=(), attempts=n, due_in_days=n
            )
            for n in range(1, times + 1)
        ]


def asked_for(app: AppTest) -> list[int]:
    """Of each assignment on the screen how many interviews it asks for."""
    found = (re.fullmatch(r"\*\*.* · (\d+) interviews?\*\*", element.value) for element in app.markdown)
    return [int(match[1]) for match in found if match]


def test_the_learner_turns_over_all_that_is_asked(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str, asha: Actor
) -> None:
    joined(greenroom, coach, cohort_id, asha, Share())
    given = ask_for_practice(greenroom, coach, cohort_id, 12)
    app = visit.open(Screen.HOME)
    assert asked_for(app) == list(range(1, 11))
    button(app, "More").click().run()
    assert asked_for(app) == [11, 12]

    with greenroom.uow() as uow:
        for assignment_id in given[10:]:
            assignments.close(uow, coach, cohort_id, assignment_id)
    assert asked_for(app.run()) == list(range(1, 11))


def test_the_coach_turns_over_all_that_is_asked_and_closes_the_oldest(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str, asha: Actor, read: Read
) -> None:
    joined(greenroom, coach, cohort_id, asha, Share())
    oldest = ask_for_practice(greenroom, coach, cohort_id, 11)[0]
    visit.actor = coach
    app = visit.open(Screen.COHORT, cohort=cohort_id, view="assignments")
    assert asked_for(app) == list(range(11, 1, -1))
    button(app, "Older").click().run()
    assert asked_for(app) == [1]
    assert "done_by" not in read.names

    app.session_state[f"done-by-{oldest}"] = True
    app.run()
    assert [table.value.to_dict("records") for table in app.dataframe] == [[{"Learner": "Asha", "Held": "0 / 1"}]]
    button(app, "Close").click().run()
    assert asked_for(app) == list(range(11, 1, -1))


def test_every_question_is_found_and_the_flagged_ones_stand_apart(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str
) -> None:
    known = sorted(load_bank().questions)[:60]
    with greenroom.uow() as uow:
        for n, source_id in enumerate((*known, "written:1"), start=101):
            # Of 101 to 161 answers; all are answered half, the last two hardly ever.
            mean = 5 if n >= 160 else 50
            uow.session.add(
                CohortQuestion(
                    cohort_id=cohort_id, source_id=source_id, n=n, score_sum=n * mean,
                    paired=0, x=0, xx=0, y=0, yy=0, xy=0,
                )
            )  # fmt: skip
    visit.actor = coach

    app = visit.open(Screen.COHORT, cohort=cohort_id, view="questions")
    flagged, listed = (table.value for table in app.dataframe)
    assert (list(flagged["n"]), list(listed["n"])) == ([160, 161], list(range(101, 151)))
    assert set(flagged["Note"]) == {"too hard, or its key is wrong"}

    button(app, "More").click().run()
    flagged, listed = (table.value for table in app.dataframe)
    assert (list(flagged["n"]), list(listed["n"])) == ([160, 161], list(range(151, 162)))
    assert list(listed["Question"])[-1] == "Written for one learner"


def count(greenroom: Greenroom, cohort_id: str, *days: date) -> None:
    """One interview with the score 50 on each of these days."""
    with greenroom.uow() as uow:
        for day, n in ((ALL_DAYS, len(days)), *((day, 1) for day in days)):
            uow.session.add(
                CohortDay(
                    cohort_id=cohort_id, day=day, type="hr", difficulty="easy", interviews=n, score_sum=50 * n,
                    square_sum=2500 * n, histogram=[n if score == 50 else 0 for score in range(101)],
                )
            )  # fmt: skip


def test_where_older_cohorts_are_not_compared_it_is_said(visit: Visitor, greenroom: Greenroom, coach: Actor) -> None:
    with greenroom.uow() as uow:
        made = [service.create(uow, coach, "Batch").cohort_id for _ in range(comparing.AT_ONCE)]
    for cohort_id in made[:2]:
        count(greenroom, cohort_id, date(2026, 6, 1))
    visit.actor = coach
    words = said(visit.open(Screen.COHORTS))
    assert "Side by side" in words
    assert "Compared here" not in words
    with greenroom.uow() as uow:
        service.create(uow, coach, "One more")
    count(greenroom, made[2], date(2026, 6, 1))
    assert "Compared here: the newest 20 cohorts" in said(visit.open(Screen.COHORTS))


def test_the_weeks_are_those_of_the_range_and_without_one_the_latest(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str
) -> None:
    first = date(2025, 6, 2)
    count(greenroom, cohort_id, *(first + timedelta(weeks=n) for n in range(30)))
    visit.actor = coach

    def shown(**chosen: str) -> tuple[int, bool]:
        app = visit.open(Screen.COHORT, cohort=cohort_id, **chosen)
        [weeks] = [drawn for chart in app.get("echarts_chart") if "by week" in (drawn := str(chart.proto))]
        return weeks.count(": mean "), "Shown here: the latest 26 weeks" in said(app)

    assert shown() == (26, True)
    assert shown(**{"from": str(first)}) == (30, False)
    assert shown(**{"from": str(first), "to": str(first + timedelta(weeks=27))}) == (28, False)
    assert shown(to=str(first + timedelta(weeks=27))) == (26, True)


def test_weeks_and_months_are_named_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[dict[str, Any], str]] = []
    for module in ("ui.charts", "ui.cohort_charts"):
        monkeypatch.setattr(f"{module}.draw", lambda option, alt, **_: drawn.append((option, alt)))
    weeks = [Week(date(2026, 6, 1), 4, 61.5, (50.0, 70.0)), Week(date(2026, 6, 8), 1, 70.0, None)]
    months = [agreement.MonthOfPairs(date(2026, 6, 1), 12, -3.25, 5.0)]

    def shown(language: str) -> list[str]:
        drawn.clear()
        with using(language):
            charts.weekly(weeks, key="weekly")
            cohort_charts.bias_by_month(months, key="bias")
        return [text for option, alt in drawn for text in (*option["xAxis"]["data"], alt)]

    assert shown("en") == [
        *("1 Jun", "8 Jun", "Mean score by week: 1 Jun: mean 62, n = 4; 8 Jun: mean 70, n = 1"),
        *("Jun 26", "Model minus coach, by month: Jun 2026: -3.2, n = 12"),
    ]
    hindi = shown("hi")
    assert hindi[:2] == ["1 जून", "8 जून"]
    assert not [text for text in hindi if re.search(r"[A-Za-z]{2,}", text)]
    names = [mark["name"] for option, _ in drawn for mark in option["series"][-1]["data"]]
    assert names == ["1 जून: 61.5, n = 4", "8 जून: 70.0, n = 1", "जून 2026: -3.2, n = 12"]


def test_where_older_ratings_are_not_counted_it_is_said(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = story.reported(*[ANSWER] * 3)
    joined(greenroom, coach, cohort_id, story.actor, Share())
    with greenroom.uow() as uow:
        row = ReportReview(id=new_id("rvw"), session_id=session_id, user_id=story.actor.user_id)
        row.kind, row.status, row.asked_at, row.reviewed_at = ReviewKind.SAMPLE, ReviewStatus.DONE, uow.now, uow.now
        row.ratings = [{"order": order, "human": 40, "model": 50} for order in (1, 2, 3)]
        uow.session.add(row)
    visit.actor = coach
    words = said(visit.open(Screen.COHORT, cohort=cohort_id, view="agreement"))
    assert "n = 3 answers" in words
    assert "older ones" not in words
    monkeypatch.setattr(agreement, "PAIRS_AT_MOST", 2)
    words = said(visit.open(Screen.COHORT, cohort=cohort_id, view="agreement"))
    assert "Counted are the latest 2 answers; older ones are not" in words


def test_a_note_is_kept_for_coaches_and_a_second_coach_is_added(
    visit: Visitor, greenroom: Greenroom, coach: Actor, cohort_id: str, asha: Actor, person: Callable[..., Actor]
) -> None:
    joined(greenroom, coach, cohort_id, asha, Share())
    meera = person("Meera", Role.COACH)
    visit.actor = coach
    app = visit.open(Screen.LEARNER, cohort=cohort_id, learner=asha.user_id)
    [area] = [area for area in app.text_area if area.label.startswith("A note")]
    area.set_value("Practise estimates.")
    button(app, "Keep the note").click().run()
    assert "Practise estimates." in said(app)

    app = visit.open(Screen.COHORT, cohort=cohort_id, view="settings")
    [address] = [box for box in app.text_input if box.label == "Address of another coach"]
    address.set_value(f"{meera.user_id}@people.test")
    button(app, "Add the coach").click().run()
    visit.actor = meera
    assert "Practise estimates." in said(visit.open(Screen.LEARNER, cohort=cohort_id, learner=asha.user_id))


def test_addresses_are_found_in_any_column_of_a_file() -> None:
    content = 'name;mail\nAsha;asha@example.com\n"Ben, B.", ben@example.com \nNobody,none\n'
    assert addresses_in(content) == ["asha@example.com", "ben@example.com"]
