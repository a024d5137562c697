"""Noticing speech that is addressed to the grader. It only sets a flag: talking about security is no offence."""

import re

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(ignore|disregard|forget|override|bypass)\b.{0,40}\b(rubric|instruction|prompt|rule|criteria|guideline|above|previous)",
        r"\b(give|award|assign|grant|score|mark|rate)\b.{0,30}\b(me|this|us|it|answer|full|maximum|perfect|top|highest)\b.{0,30}\b(mark|score|point|grade|rating|credit|100|hundred)\b",
        r"\b(full|maximum|perfect|highest|top)\s+(marks?|scores?|points?|grades?|credit)\b.{0,40}\b(every|all|this|please|question|answer)",
        r"\bscore\s*[:=]\s*(100|10|4|5)\b",
        r"\b(100|one hundred|10|ten)\s*(/|out of|of)\s*(100|one hundred|10|ten)\b",
        r"\byou are (now )?(a|an|the)\b.{0,30}\b(grader|assistant|model|judge|ai)\b",
        r"\b(as|dear|hey|note to|attention)\s+(the\s+)?(grader|judge|evaluator|examiner|ai|model|system)\b",
        r"\b(system|developer|admin)\s*(prompt|message|override|mode|note)\b",
        r"\b(new|updated|hidden|secret) instructions?\b",
        r"\bdo not (grade|judge|evaluate|deduct|penali[sz]e)\b",
        r"\b(mark|treat|consider|count)\b.{0,30}\b(as|is)\s+(correct|covered|complete|perfect|met|fulfilled|excellent|passed)\b",
        r"\b(all|every|each) key ?points?\b.{0,20}\b(covered|met|present)\b",
        r"\b(level|verdict|band)\s*(4|four|covered)\b.{0,20}\b(all|every|each)",
        r"\b(return|output|respond|reply|print)\b.{0,30}\b(json|score|verdict|covered)\b",
        r"\bend of (the )?(transcript|answer|data(?! \w)|instructions?)\b",
        r"\bpretend\b.{0,40}\b(correct|perfect|strong|answered)",
        r"\b(jailbreak|prompt injection|dan mode)\b.{0,20}\b(activate|on|enable)",
        r"</?(system|assistant|user|instructions?|data)>",
        r"\b(ignora|ignorez|ignoriere|vergiss|olvida|oubliez)\b.{0,40}\b(instruc|anweisung|regeln|reglas|règles|consignes)",
        r"\b(dame|donne|donnez|gib|gebt)\b.{0,30}\b(puntos|nota|points|note|punkte|punktzahl)",
        r"(निर्देश|नियम|रूब्रिक).{0,30}(अनदेखा|भूल|नज़रअंदाज|छोड़)",
        r"(पूरे|सौ|100|अधिकतम).{0,20}(अंक|नंबर|मार्क्स)",
        r"(pure|poore|full)\s+(marks?|number|ank)\s+(do|dijiye|de do|dena)",
    )
)


def asks_for_score(text: str) -> bool:
    """Whether the words ask for a score or tell the grader what to do."""
    return any(pattern.search(text) for pattern in _PATTERNS)


WITHHELD = "[words about grading]"
_SENTENCE = re.compile(r"[^.!?।\n]+[.!?।]*\s*")
_ABOUT_IT = re.compile(r"\b(injection|prompts?|jailbreak\w*|language models?|llms?|graders?)\b", re.IGNORECASE)


def without_orders(text: str, *, rubric: str) -> str:
    """What is judged: sentences that tell the grader what to do are left out.

    They are content that no key point asks for, so nothing is lost; where question or `rubric` are about such
    sentences, everything stays. Transcript and quotes keep every word.
    """
    if not asks_for_score(text) or _ABOUT_IT.search(rubric):
        return text
    pieces = [piece.group() for piece in _SENTENCE.finditer(text)]
    cleaned = "".join(piece for piece in pieces if not asks_for_score(piece)).strip()
    return WITHHELD if not cleaned or asks_for_score(cleaned) else cleaned
