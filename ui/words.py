"""How things are called on screen. Nothing here decides anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.accounts.types import Role
from core.errors import AppError, FieldProblem, Kind
from core.i18n import N_, Worded, _, ngettext
from core.interviews.catalogue import Difficulty, InterviewType, Mode
from core.interviews.types import Patience, QuestionsSource, SessionStatus
from core.payments.types import PaymentStatus

PRODUCT = "Greenroom"
TO = "\u2013"
"""The dash of a range; alone it stands for a figure that there is not."""
SANDBOX_PAYMENT = N_("Sandbox: no real money. Every payment here is a test.")
SANDBOX_VOICE = N_("Sandbox: no real voice. A stand-in asks the questions; nothing leaves this machine.")

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
ROLES: Mapping[Role, str] = Worded(
    {Role.CANDIDATE: N_("Candidate"), Role.COACH: N_("Coach"), Role.ADMIN: N_("Administrator")}
)
LANGUAGES: Mapping[str, str] = Worded({"en": N_("English"), "hi": N_("Hindi")})
SOURCES: Mapping[QuestionsSource, str] = Worded(
    {
        QuestionsSource.GEMINI: N_("written for you"),
        QuestionsSource.CACHE: N_("written for you"),
        QuestionsSource.QUESTION_BANK: N_("from our question bank"),
    }
)


BadgeColor = Literal["red", "orange", "blue", "green", "violet", "gray"]


@dataclass(frozen=True)
class Shown:
    """A state as a badge, with the step that follows it."""

    label: str
    icon: str
    color: BadgeColor
    action: str


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
PAYMENT_STATUSES: Mapping[PaymentStatus, str] = Worded(
    {
        PaymentStatus.CREATED: N_("Not paid"),
        PaymentStatus.AUTHORIZED: N_("Being confirmed"),
        PaymentStatus.PAID: N_("Paid"),
        PaymentStatus.REFUNDED: N_("Refunded"),
        PaymentStatus.FAILED: N_("Did not go through"),
    }
)

REFUND_PROMISE = N_(
    "If a call breaks off through our fault you repeat it for free. If we cannot deliver a report, your money comes "
    "back by itself."
)
REDO = N_(
    "The last attempt broke off. You do not pay again: what you answered is kept, and the interview goes on with the "
    "questions and the time that are left."
)
CANCEL_WARNING = N_(
    "The interview cannot be started any more after this. What you paid comes back in full to the card or account you "
    "paid with; banks take five to seven working days to show it."
)
TYPED_INTRO = N_(
    "**{questions}** in **{minutes} minutes**, in {language}. Answer in your own words, in whole sentences, as you "
    "would speak. The clock starts with the first question; you can leave and come back while it runs."
)
VOICE_INTRO = N_(
    "**{questions}** in about **{minutes} minutes**, in {language}. You talk with an AI, not with a person. It asks "
    "one question at a time and may follow up. Take your time to think; you can change to typing at any moment."
)
RECORDING = N_(
    "- The call is recorded and transcribed so that your report can quote you. Vapi carries the call and turns speech "
    "into text; Google Gemini judges the answers.\n"
    "- Recording, transcript and report are stored encrypted, and only you see them. Deleting the interview in your "
    "history erases all of it, at the providers too.\n"
    "- This is practice. It predicts no hiring decision, and no employer gets to see it."
)
WAITING = N_(
    "This usually takes less than a minute. The page goes on by itself; you may also close it and find the report in "
    "your history."
)
WAITING_MAILED = N_(
    "This usually takes less than a minute. The page goes on by itself; you may also close it: we will send you a mail "
    "when the report is ready."
)
TYPE_IN_TROUBLE = N_("You need not wait: continue by typing. Nothing is paid again and what was said stays.")
TIME_IS_UP = N_("The chosen time is up. Send this answer; no further question follows.")

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

CHECKOUT: Mapping[str, str] = Worded(
    {
        "opening": N_("Opening the secure payment window…"),
        "blocked": N_("The payment window could not be loaded. Check your connection or ad blocker, then try again."),
        "dismissed": N_("The payment window was closed. Nothing was taken."),
        "failed": N_("That attempt did not go through. You can try another way to pay in the same window."),
        "confirming": N_("Thank you. We are confirming the payment…"),
    }
)
MICROPHONE: Mapping[str, str] = {
    "microphone_denied": N_("The browser does not let us use the microphone."),
    "allow_chrome": N_(
        "Open the site settings left of the address (the sliders or the lock), allow the microphone, then try again."
    ),
    "allow_firefox": N_(
        "Click the crossed-out microphone left of the address, remove the block, then try again and choose Allow."
    ),
    "allow_safari": N_("Choose Safari, Settings for This Website, set the microphone to Allow, then try again."),
    "allow_ios": N_("Tap the symbol left of the address, Website Settings, allow the microphone, then try again."),
    "allow_android": N_("Tap the symbol left of the address, Permissions, allow the microphone, then try again."),
    "microphone_missing": N_("No microphone was found. Connect one, then try again, or continue by typing."),
    "microphone_busy": N_("The microphone is in use by another program. Close it there, then try again."),
}
"""What may be wrong with a microphone, and where each browser lets it through; translated where it is shown."""
VOICE: Mapping[str, str] = Worded(
    {
        "idle": N_("Ready to join"),
        "connecting": N_("Connecting…"),
        "live": N_("Connected"),
        "muted": N_("Connected, you are muted"),
        "ended": N_("The call has ended"),
        "lost": N_("The connection was lost. Nothing is lost of what was said: join again."),
        "failed": N_("The call could not be joined. Try again, or continue by typing."),
        "unstable": N_("Your connection is unstable. The interview goes on as soon as it is back."),
        "silent": N_("Your browser holds the sound back."),
        **MICROPHONE,
        "join": N_("Join the call"),
        "again": N_("Try again"),
        "think": N_("Let me think"),
        "thinking": N_("Take your time"),
        "mute": N_("Mute"),
        "unmute": N_("Unmute"),
        "listen": N_("Turn the sound on"),
        "left": N_("left"),
        "interviewer": N_("Interviewer"),
        "you": N_("You"),
        "captions": N_("What is said appears here."),
    }
)
COUNTDOWN: Mapping[str, str] = Worded({"left": N_("left"), "over": N_("Time is up")})
PREFLIGHT: Mapping[str, str] = Worded(
    {
        **MICROPHONE,
        "start": N_("Check everything"),
        "again": N_("Check again"),
        "browser": N_("Browser"),
        "connection": N_("Connection"),
        "microphone": N_("Microphone"),
        "sound": N_("Sound"),
        "voice": N_("Your voice"),
        "checking": N_("Checking…"),
        "fine": N_("Fine"),
        "insecure": N_("Calls need a secure address (https)."),
        "unable": N_("This browser cannot hold calls. Use a current Chrome, Edge, Firefox or Safari, or type instead."),
        "near": N_("Fine, {ms} ms to us"),
        "slow": N_("Slow, {ms} ms to us: a call may falter. Move closer to the router, or type instead."),
        "blocked": N_("Your network may hold calls back. If so, try another network or type instead."),
        "unreachable": N_("We cannot be reached just now. Check your connection."),
        "speak": N_("Say a few words…"),
        "heard": N_("We can hear you."),
        "silence": N_("We hear nothing yet. Is the right microphone chosen, and not muted?"),
        "tone": N_("Do you hear a short tone?"),
        "deaf": N_("Turn the volume up, and see which loudspeaker or headphones are chosen."),
        "say": N_("Record this sentence: “{sentence}”"),
        "sentence": N_("I practise so that the real interview feels familiar."),
        "record": N_("Record five seconds"),
        "recording": N_("Recording…"),
        "skip": N_("Skip this"),
        "skipped": N_("Skipped"),
        "unheard": N_("This browser cannot record a sample."),
        "understood": N_("Understood: “{heard}”"),
        "misheard": N_("This was heard: “{heard}”. Speak a little slower, or closer to the microphone."),
        "playback": N_("Do you hear yourself?"),
        "yes": N_("Yes"),
        "no": N_("No"),
        "ready": N_("All is well: you can talk."),
        "hindered": N_("Something stands in the way of a call."),
        "kept": N_(
            "Nothing of this is kept. Where your browser writes down what it hears, its maker may process the sound."
        ),
    }
)
HINDERED = N_("Nothing has been charged. You can answer the same questions in writing, with the same scoring.")

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
_FIELDS: Mapping[str, str] = Worded(
    {
        "username": N_("Username"),
        "email": N_("E-mail"),
        "name": N_("Name"),
        "password": N_("Password"),
        "newPassword": N_("New password"),
        "phone": N_("Mobile number"),
    }
)
_CRITERIA: Mapping[str, str] = Worded(
    {
        "correctness": N_("Correctness"),
        "depth": N_("Depth"),
        "reasoning": N_("Reasoning"),
        "structure": N_("Structure"),
        "relevance": N_("Relevance"),
    }
)
BANDS: Mapping[str, str] = Worded(
    {
        "strong": N_("Strong"),
        "good": N_("Good"),
        "developing": N_("Developing"),
        "early": N_("Early days"),
    }
)
LEVELS = (N_("not shown"), N_("beginning"), N_("partly"), N_("well"), N_("fully"))
"""Of a criterion, 0 to 4."""
VERDICTS: Mapping[str, tuple[str, str]] = {
    "covered": (":material/check_circle:", N_("Covered")),
    "partial": (":material/timelapse:", N_("Partly covered")),
    "missing": (":material/radio_button_unchecked:", N_("Missing")),
    "contradicted": (":material/cancel:", N_("Contradicted")),
}
SPEECH: Mapping[str, str] = Worded(
    {
        "pace": N_("Pace"),
        "latency": N_("Time to the first word"),
        "longestMonologue": N_("Longest turn"),
        "talkShare": N_("Your share of the words"),
        "answerLength": N_("Answer length"),
        "fillers": N_("Fillers"),
        "hedging": N_("Hedging words"),
    }
)
FLAGS: Mapping[str, str] = Worded(
    {
        "judges_disagree": N_("The two judges of your answers came to different results. Read the score with caution."),
        "instruction_in_answer": N_(
            "An answer holds words that ask for a score. They were treated as part of the answer."
        ),
        "low_transcript_quality": N_("The transcript is of low quality, so the score is provisional."),
        "keyword_stuffing": N_("An answer lists terms without explaining them; terms alone earn little."),
        "echo": N_("An answer mostly repeats the question."),
        "not_enough_evidence": N_(
            "Too little was said to judge the interview as a whole, so there is no overall score."
        ),
        "scored_offline": (
            N_("The AI judge was not available, so the rubric engine scored this by the key points alone: an estimate.")
        ),
        "repetition": N_("An answer repeats itself or an earlier one; what was credited once is not credited again."),
        "contradicted": N_("An answer says the opposite of a point that a good answer makes."),
        "no_answer": N_("A question was left without an answer."),
        "off_topic": N_("An answer is about something other than the question."),
        "asked_for_score": N_("An answer asks for a score. That neither helps nor harms."),
        "unintelligible": N_("A part could not be understood."),
    }
)


def area(name: str) -> str:
    """A focus area, which is also a competency of the report."""
    return _AREAS[name] if name in _AREAS else name.replace("_", " ").capitalize()


def field(name: str) -> str:
    """A field of a form, by the name that the core gives it."""
    return _FIELDS.get(name, name)


def criterion(name: str) -> str:
    return _CRITERIA.get(name, name.replace("_", " ").capitalize())


def flag(name: str) -> str:
    return FLAGS.get(name, name.replace("_", " ").capitalize() + ".")


def interview(kind: InterviewType, difficulty: Difficulty) -> str:
    return _("{type} interview, {difficulty}").format(type=TYPES[kind], difficulty=DIFFICULTIES[difficulty].lower())


def questions(count: int) -> str:
    return ngettext("{count} question", "{count} questions", count).format(count=count)


def extra_time(percent: int) -> str:
    return _("{percent} % more").format(percent=percent) if percent else _("None")


def band(name: str | None) -> str:
    return BANDS.get(name or "", (name or "").capitalize())


def scored_by(engine: str, model: str | None, rubric_version: str) -> str:
    """Who judged, in words that a reader can hold a report to."""
    if engine != "gemini":
        return _("Scored by the rubric engine with {version}").format(version=rubric_version)
    judge = f"Gemini ({model})" if model else "Gemini"
    return _("Scored by {judge} with {version}").format(judge=judge, version=rubric_version)


def score(value: int | None, low: int | None = None, high: int | None = None) -> str:
    """A score with its range, or the plain word for there being none: never 0 for the want of a judgement."""
    if value is None:
        return _("Not enough to judge")
    return f"{value} ({low}{TO}{high})" if low is not None and high is not None else str(value)


@dataclass(frozen=True)
class Explained:
    """An error in plain words: what happened, and whether trying again can help."""

    title: str
    detail: str
    retry: bool


_TITLES: Mapping[Kind, tuple[str, bool]] = {
    Kind.INVALID: (N_("That cannot be taken as it is"), False),
    Kind.UNAUTHENTICATED: (N_("Please sign in again"), False),
    Kind.FORBIDDEN: (N_("This is not open to your role"), False),
    Kind.NOT_FOUND: (N_("Not found"), False),
    Kind.CONFLICT: (N_("That is not possible now"), True),
    Kind.PAYMENT_REQUIRED: (N_("Payment is needed first"), True),
    Kind.TOO_LARGE: (N_("That is too large"), False),
    Kind.LIMITED: (N_("Too many attempts"), True),
    Kind.BUSY: (N_("Too many attempts"), True),
    Kind.PROVIDER_REFUSED: (N_("We could not do that"), False),
    Kind.PROVIDER_DOWN: (N_("A service we rely on is not answering"), True),
    Kind.PROVIDER_TIMEOUT: (N_("A service we rely on is slow"), True),
}
WELCOME_LINE = N_("Practise interviews that feel real, and get a report with proof for every claim.")
SECOND_FACTOR_ASKED = N_("Enter the six digits that your authenticator app shows, or one of your recovery codes.")
ADDRESS_CONFIRMED = N_("Your address is confirmed.")
ADDRESS_NOT_CONFIRMED = N_("Your e-mail address is not confirmed yet: use the link in our mail.")
LINK_SENT = N_("The link is on its way.")
SECOND_FACTOR_OFF = N_(
    "You see other people's data. A code from an app on your phone keeps it closed to a stolen password."
)
SECOND_FACTOR_ON = N_("On. A code is asked for at each sign in.")
SECOND_FACTOR_SCAN = N_("Scan this with your authenticator app, or type the key below into it.")
RECOVERY_CODES = N_("Keep these recovery codes where you keep passwords. Each lets you in once without your phone.")
RESET_EXPLAINED = N_("We mail you a link that sets a new one. It works once, within half an hour.")
RESET_SENT = N_(
    "If an account has this address, the link is on its way. Look into your mail, and into the spam folder."
)
RESET_DONE = N_("Your new password is set, and every session of your account has ended. Sign in with it.")
BROKEN = N_("Something broke on our side. Nothing you saved is lost. If it happens again, quote {reference}.")


def explain(error: AppError) -> Explained:
    title, retry = _TITLES[error.kind]
    title = _(title)
    if isinstance(error, FieldProblem):
        title = _("Please check what you entered")
    return Explained(title, error.told, retry)


def titled_kinds() -> frozenset[Kind]:
    """The kinds of error that have words."""
    return frozenset(_TITLES)
