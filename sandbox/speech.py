"""Turning a key point as it is noted ("check the plan", "an index speeds up reads") into what a person says of it."""

import re
from enum import Enum

from sandbox.words import word_set

IRREGULAR = {
    "be": "was", "begin": "began", "break": "broke", "bring": "brought", "build": "built", "buy": "bought",
    "choose": "chose", "come": "came", "cut": "cut", "deal": "dealt", "do": "did", "draw": "drew", "drive": "drove",
    "find": "found", "freeze": "froze", "get": "got", "give": "gave", "go": "went", "have": "had", "hear": "heard",
    "hold": "held", "keep": "kept", "know": "knew", "lead": "led", "learn": "learned", "leave": "left", "let": "let",
    "make": "made", "mean": "meant", "meet": "met", "pay": "paid", "put": "put", "read": "read", "rebuild": "rebuilt",
    "run": "ran", "say": "said", "see": "saw", "seek": "sought", "sell": "sold", "send": "sent", "set": "set",
    "shut": "shut", "speak": "spoke", "spend": "spent", "split": "split", "stand": "stood", "take": "took",
    "teach": "taught", "tell": "told", "think": "thought", "understand": "understood", "win": "won", "write": "wrote",
}  # fmt: skip
REGULAR = word_set(
    """
    accept account acknowledge act adapt add address adjust admit agree aim align allocate allow analyse analyze
    anticipate apologise apologize apply ask assess assign assume attach attempt audit authenticate avoid back
    balance batch benchmark block bound brief cache calculate call cap celebrate challenge change check clarify
    classify clean close coach collect commit communicate compare complete compress compute conclude confirm
    connect consider consult contain continue contrast control convert convince copy count cover create credit
    cross-check customise customize debug decide decline decouple deduplicate defend define degrade delay
    delegate deliver demonstrate deploy derive describe design detect determine develop discuss distinguish
    divide document drop elaborate encrypt enforce engage ensure escalate establish estimate evaluate evict
    examine exclude expand expect expire explain explore expose express extend factor fail finish fix focus
    follow forecast formulate frame gather generate grant group handle hash help hide hire identify ignore
    illustrate implement improve include increase index inform inspect instrument invalidate invest investigate
    invite involve isolate iterate join judge justify label launch limit link list listen load lock log look
    lower manage map mark match measure mention mentor merge migrate minimise minimize mirror mitigate model
    monitor move name narrow negotiate normalise normalize note notice observe offer open optimise optimize
    order organise organize outline own pad pair paraphrase partition patch pause perform persist persuade pick
    pilot pin place plan point poll postpone practise practice prefer prepare present preserve prevent price
    prioritise prioritize probe process produce profile promise propose protect prove provide prune publish push
    qualify quantify query question queue raise rank rate reach reassure rebalance recall recognise recognize
    recommend record recover recurse reduce refer refine reflect refuse regain reject relate relax release rely
    remember remove rename repeat replace replay replicate report reproduce request require research reserve
    resolve respect respond restate restore restrict retain retire retry return reuse review revoke reward roll
    rotate route sanitise sanitize save scale scan schedule scope score seal search secure segment select
    separate serve share shard shift show shrink sign simplify simulate size sketch slow solve sort specify
    sponsor stabilise stage start state stay step stop store stream structure study suggest summarise summarize
    support survey swap switch synchronise talk target test throttle tie touch trace track trade train transfer
    translate traverse treat trim trust try tune turn update upgrade use validate value vary verify version
    visit volunteer wait walk warn watch weigh welcome widen work wrap
    """
)
META = word_set(
    "state name mention describe explain show give say discuss note recognise recognize identify outline admit tell"
)
"""Verbs that tell the rater what to hear, not what was done: what follows them is what has to be said."""
PASTS = {past: base for base, past in IRREGULAR.items() if past != base}
BE = re.compile(
    r"\b(is|are|was|were|has|have|had|can|cannot|could|must|may|might|should|will|would|does|do|needs?|depends?)\b"
)
_SWAPS = (
    (r"\binstead of\b", "rather than"),
    (r"\bbecause\b", "since"),
    (r"\bin order to\b", "to"),
    (r"\bmust\b", "has to"),
    (r"\bas well\b", "too"),
    (r"\bfor example\b", "for instance"),
    (r"\bvia\b", "through"),
    (r"\be\.g\.,?", "for instance"),
    (r"\bi\.e\.,?", "that is,"),
    (r"\bvs\.?\b", "versus"),
)
_TO_FIRST_PERSON = (
    (r"\bthey (\w+) themselves\b", r"I \1 myself"),
    (r"\bafter they\b", "after I"),
    (r"\bwhat they\b", "what I"),
    (r"\bthemselves\b", "myself"),
    (r"\b(the )?candidate's\b", "my"),
    (r"\bthe candidate\b", "I"),
    (r"\btheir own\b", "my own"),
    (r"\btheir role\b", "my role"),
    (r"\byourself\b", "myself"),
    (r"\byour\b", "my"),
    (r"\byou\b", "I"),
    (r"\bone's\b", "my"),
    (r"^(\w+) own\b", r"\1 my own"),
)


SUBJECT_WORDS = 5
PREPOSITIONS = word_set("of with in on for to by from without between at and or")
DETERMINERS = ("a", "an", "each", "every", "one")


class Form(Enum):
    CLAUSE = "clause"
    DEED = "deed"
    THING = "thing"
    TOPIC = "topic"


def plain(point: str) -> str:
    """A point without its full stop, in the first person, lower case where it may begin within a sentence."""
    text = (
        re.sub(r"\s*\(([^()]*)\)", r", \1,", point.strip().rstrip(".;"))
        .rstrip(",")
        .replace(" - ", ", ")
        .replace("—", ",")
    )
    for pattern, words in (*_SWAPS, *_TO_FIRST_PERSON):
        text = re.sub(pattern, words, text)
    first = text.split(" ", 1)[0]
    keeps_case = first == "I" or sum(char.isupper() for char in first) > 1
    return text if keeps_case else text[:1].lower() + text[1:]


def form_of(text: str) -> Form:
    first, _, rest = text.partition(" ")
    base = base_of(first)
    if base and not _second_is_verb(rest, after_base=first.lower() == base):
        return Form.DEED
    if BE.search(text) or _has_subject_and_verb(text.split(",")[0].split()[:SUBJECT_WORDS]):
        return Form.CLAUSE
    return Form.THING


def _has_subject_and_verb(start: list[str]) -> bool:
    """A verb near the beginning in the form its subject asks for, as in "an index speeds …" and "indexes take …"."""
    if len(start) > 2 and start[0] in DETERMINERS and start[2].endswith("s") and not start[2].endswith("ss"):
        return True
    verbs = IRREGULAR.keys() | REGULAR
    plural = len(start) > 1 and start[0].endswith("s") and start[1] in verbs
    return plural or any(
        third_person(word) and before not in PREPOSITIONS for before, word in zip(start, start[1:], strict=False)
    )


def _second_is_verb(rest: str, *, after_base: bool) -> bool:
    """As in "indexes take …" and "lock waits show …", which begin with a word that is no deed there."""
    second = rest.split(" ", 1)[0]
    plain_verb = second in IRREGULAR or second in REGULAR
    return bool(BE.fullmatch(second)) or (third_person(second) if after_base else plain_verb)


def base_of(word: str) -> str | None:
    """The verb of a deed, from "check", "checks" or "checking"."""
    lowered = word.lower().strip(",")
    if lowered in IRREGULAR or lowered in REGULAR:
        return lowered
    if lowered in PASTS:
        return PASTS[lowered]
    for ending, instead in (
        ("ies", "y"),
        ("es", ""),
        ("s", ""),
        ("ied", "y"),
        ("ed", ""),
        ("d", ""),
        ("ing", ""),
        ("ing", "e"),
    ):
        base = lowered.removesuffix(ending) + instead
        if lowered.endswith(ending) and (base in IRREGULAR or base in REGULAR):
            return base
    return None


def third_person(word: str) -> bool:
    return word.endswith("s") and not word.endswith("ss") and base_of(word) not in (None, word)


def past(base: str) -> str:
    if base in IRREGULAR:
        return IRREGULAR[base]
    if base.endswith("e"):
        return f"{base}d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ied"
    doubles = base in {
        "cap",
        "drop",
        "log",
        "map",
        "pad",
        "pin",
        "plan",
        "stop",
        "step",
        "swap",
        "trim",
        "wrap",
        "commit",
        "refer",
        "prefer",
    }
    return f"{base}{base[-1]}ed" if doubles else f"{base}ed"


def deed(text: str, *, done: bool) -> str:
    """A point such as "check the plan" as something I did, or would do; what was noted as done stays done."""
    first, _, rest = text.partition(" ")
    base = base_of(first) or first
    if base in META and first.lower() not in PASTS and not first.endswith("ed"):
        return about(base, rest)
    is_done = done or (first.lower() != base and not first.endswith(("s", "ing")))
    joined = _follow_tense(rest) if is_done else rest
    return f"I {past(base) if is_done else f'would {base}'} {joined}".strip()


def _follow_tense(rest: str) -> str:
    """The second verb of "check … and compare …" goes into the past as well."""

    def turn(found: re.Match[str]) -> str:
        base = base_of(found.group(2))
        is_verb = base is not None and (found.group(2) == base or third_person(found.group(2)))
        return f"{found.group(1)}{past(base)}" if base and is_verb else found.group(0)

    after = "the|a|an|it|them|what|how|my|each|every|with|only|to|on|at|me|us"
    return re.sub(rf"(\b(?:and|then|or) )([a-z-]+)\b(?= (?:{after})\b)", turn, rest)


def about(verb: str, rest: str) -> str:
    """What is to be said of "names the trade-off": that it is named; of "says that it blocks" what it does."""
    return rest.removeprefix("that ") if rest.startswith("that ") else f"I can {verb} {rest}"
