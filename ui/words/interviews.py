"""Interviews: what can be chosen, and where one stands."""

from collections.abc import Mapping

from core.i18n import N_, Worded, _, ngettext
from core.interviews.catalogue import Difficulty, InterviewType, Mode
from core.interviews.types import Patience, QuestionsSource, SessionStatus
from ui.words.badges import Shown

TYPES: Mapping[InterviewType, str] = Worded(
    {
        InterviewType.BEHAVIORAL: N_("Behavioural"),
        InterviewType.TECHNICAL: N_("Technical"),
        InterviewType.SYSTEM_DESIGN: N_("System design"),
        InterviewType.CODING: N_("Coding"),
        InterviewType.CASE: N_("Case"),
        InterviewType.HR: N_("HR"),
    }
)
TYPE_ICONS: Mapping[InterviewType, str] = {
    InterviewType.BEHAVIORAL: ":material/groups:",
    InterviewType.TECHNICAL: ":material/memory:",
    InterviewType.SYSTEM_DESIGN: ":material/account_tree:",
    InterviewType.CODING: ":material/code:",
    InterviewType.CASE: ":material/business_center:",
    InterviewType.HR: ":material/handshake:",
}
TYPE_HINTS: Mapping[InterviewType, str] = Worded(
    {
        InterviewType.BEHAVIORAL: N_("Stories from your own work: what you did, and what came of it."),
        InterviewType.TECHNICAL: N_("Concepts and trade-offs, explained in your own words."),
        InterviewType.SYSTEM_DESIGN: N_("Shape a system out loud: parts, limits, failures."),
        InterviewType.CODING: N_("Talk through problems and their cost. No editor is needed."),
        InterviewType.CASE: N_("Structure a business problem and reckon with it."),
        InterviewType.HR: N_("Motivation, plans, strengths and the practical questions."),
    }
)
DIFFICULTIES: Mapping[Difficulty, str] = Worded(
    {
        Difficulty.EASY: N_("Easy"),
        Difficulty.MEDIUM: N_("Medium"),
        Difficulty.HARD: N_("Hard"),
        Difficulty.EXPERT: N_("Expert"),
    }
)
MODES: Mapping[Mode, str] = Worded({Mode.VOICE: N_("Voice"), Mode.TEXT: N_("Typed")})
PURPOSES: Mapping[str, str] = Worded({"real": N_("Real"), "study": N_("Study")})
PURPOSE_HINTS: Mapping[str, str] = Worded(
    {
        "real": N_("As in a real interview: one answer to each question, and it counts in your trends."),
        "study": N_(
            "Hints, a short critique after each answer, and answering again; it does not count in your trends, and a "
            "coach's figures for a cohort do not include it."
        ),
    }
)
PATIENCE: Mapping[Patience, str] = Worded(
    {Patience.NORMAL: N_("Normal"), Patience.MORE: N_("More"), Patience.MUCH_MORE: N_("Much more")}
)
MODE_ICONS: Mapping[Mode, str] = {Mode.VOICE: ":material/mic:", Mode.TEXT: ":material/keyboard:"}
MODE_HINTS: Mapping[Mode, str] = Worded(
    {
        Mode.VOICE: N_("You talk with an AI interviewer. You can change to typing at any time."),
        Mode.TEXT: N_("The same questions and the same scoring, in writing."),
    }
)
SOURCES: Mapping[QuestionsSource, str] = Worded(
    {
        QuestionsSource.GEMINI: N_("written for you"),
        QuestionsSource.CACHE: N_("written for you"),
        QuestionsSource.QUESTION_BANK: N_("from our question bank"),
    }
)
STATUSES: Mapping[SessionStatus, Shown] = {
    SessionStatus.AWAITING_PAYMENT: Shown(N_("To be paid"), ":material/payments:", "orange", N_("Pay")),
    SessionStatus.READY: Shown(N_("Ready"), ":material/play_circle:", "blue", N_("Start")),
    SessionStatus.IN_PROGRESS: Shown(N_("In progress"), ":material/graphic_eq:", "blue", N_("Continue")),
    SessionStatus.PROCESSING: Shown(N_("Being scored"), ":material/hourglass_top:", "violet", N_("See progress")),
    SessionStatus.COMPLETED: Shown(N_("Completed"), ":material/check_circle:", "green", N_("Open report")),
    SessionStatus.EXPIRED: Shown(N_("Expired"), ":material/event_busy:", "gray", N_("Details")),
    SessionStatus.FAILED: Shown(N_("Failed"), ":material/error:", "red", N_("Details")),
    SessionStatus.CANCELLED: Shown(N_("Cancelled"), ":material/cancel:", "gray", N_("Details")),
}
REDO = N_(
    "The last attempt broke off. You do not pay again: what you answered is kept, and the interview goes on with the "
    "questions and the time that are left."
)
CANCEL_WARNING = N_(
    "The interview cannot be started any more after this. What you paid comes back in full to the card or account you "
    "paid with; banks take five to seven working days to show it."
)

ENDED: Mapping[SessionStatus, tuple[str, str]] = {
    SessionStatus.EXPIRED: (
        N_("This interview has expired"),
        N_("It was not started in time. If it was paid for, the money is on its way back to you."),
    ),
    SessionStatus.FAILED: (
        N_("This interview could not be completed"),
        N_("What you paid is being returned to you in full. You need not do anything."),
    ),
    SessionStatus.CANCELLED: (
        N_("This interview was cancelled"),
        N_("If it was paid for, the money is on its way back to you."),
    ),
}

_AREAS: Mapping[str, str] = Worded(
    {
        "teamwork": N_("Teamwork"),
        "conflict": N_("Conflict"),
        "leadership": N_("Leadership"),
        "ownership": N_("Ownership"),
        "adaptability": N_("Adaptability"),
        "communication": N_("Communication"),
        "failure_and_learning": N_("Failure and learning"),
        "prioritisation": N_("Prioritisation"),
        "programming_fundamentals": N_("Programming fundamentals"),
        "data_structures": N_("Data structures"),
        "databases": N_("Databases"),
        "apis": N_("APIs"),
        "operating_systems": N_("Operating systems"),
        "networking": N_("Networking"),
        "testing": N_("Testing"),
        "security": N_("Security"),
        "cloud": N_("Cloud"),
        "machine_learning": N_("Machine learning"),
        "scalability": N_("Scalability"),
        "data_modelling": N_("Data modelling"),
        "caching": N_("Caching"),
        "messaging": N_("Messaging"),
        "reliability": N_("Reliability"),
        "api_design": N_("API design"),
        "observability": N_("Observability"),
        "arrays_and_strings": N_("Arrays and strings"),
        "hashing": N_("Hashing"),
        "trees_and_graphs": N_("Trees and graphs"),
        "dynamic_programming": N_("Dynamic programming"),
        "sorting_and_searching": N_("Sorting and searching"),
        "complexity": N_("Complexity"),
        "debugging": N_("Debugging"),
        "market_sizing": N_("Market sizing"),
        "profitability": N_("Profitability"),
        "market_entry": N_("Market entry"),
        "pricing": N_("Pricing"),
        "operations": N_("Operations"),
        "product_strategy": N_("Product strategy"),
        "motivation": N_("Motivation"),
        "career_goals": N_("Career goals"),
        "strengths_and_weaknesses": N_("Strengths and weaknesses"),
        "work_style": N_("Work style"),
        "culture_fit": N_("Culture fit"),
        "offer_and_notice": N_("Offer and notice period"),
    }
)


def area(name: str) -> str:
    """A focus area, which is also a competency of the report."""
    return _AREAS[name] if name in _AREAS else name.replace("_", " ").capitalize()


def interview(kind: InterviewType, difficulty: Difficulty) -> str:
    return _("{type} interview, {difficulty}").format(type=TYPES[kind], difficulty=DIFFICULTIES[difficulty].lower())


def questions(count: int) -> str:
    return ngettext("{count} question", "{count} questions", count).format(count=count)


def extra_time(percent: int) -> str:
    return _("{percent} % more").format(percent=percent) if percent else _("None")
