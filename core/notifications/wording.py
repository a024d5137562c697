"""What each message says: one set of words for the mail, the text message and the inbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.i18n import N_, _, language
from core.money import Money
from core.notifications.types import NoticeKind
from core.ports.messages import Attachment, Mail

HERE = Path(__file__).resolve().parent
SENDER = "Greenroom"
WHY = N_("You get this because you have an account with Greenroom. What you said in an interview is never mailed.")


@dataclass(frozen=True)
class Words:
    title: str
    lines: tuple[str, ...]
    action: str
    path: str
    """Where the action leads in the application."""


def words_of(kind: NoticeKind, facts: Mapping[str, Any]) -> Words:
    """The words of one notice. `facts` as `tell` was given them."""
    session = facts.get("sessionId")
    about = f"?session={session}" if session else ""
    match kind:
        case "receipt":
            return Words(
                _("Receipt: {money} paid").format(money=_money(facts)),
                (_("Your payment has arrived and your interview is ready to start."), _("The receipt is attached.")),
                _("Start the interview"),
                f"/interview{about}",
            )
        case "report_ready":
            return Words(
                _("Your interview report is ready"),
                (_("Your score with its range, the proof for each finding, and what to work on first are waiting."),),
                _("Read the report"),
                f"/report{about}",
            )
        case "refund":
            return Words(
                _("Refund: {money} is on its way to you").format(money=_money(facts)),
                (
                    _("We have returned the whole amount to the card or account you paid with."),
                    _("Banks take five to seven working days to show it."),
                ),
                _("Your payments"),
                "/account",
            )
        case "redo":
            return Words(
                _("Your interview can be continued, at no cost"),
                (
                    _(
                        "The call broke off or could not be judged. That does not count, and "
                        "nothing is lost of what you said."
                    ),
                    _("Go on where it ended, start when you like, or ask for your money back."),
                ),
                _("Continue the interview"),
                f"/interview{about}",
            )
        case "failed":
            return Words(
                _("We could not deliver your interview report"),
                (_("We are sorry. What you paid is being returned in full, without you doing anything."),),
                _("Your payments"),
                "/account",
            )
        case "rescored":
            return Words(
                _("Your interview was scored again"),
                (
                    _(
                        "The report has been written anew. What stood before is kept, and your "
                        "averages follow the new one."
                    ),
                ),
                _("Read the report"),
                f"/report{about}",
            )
        case "reviewed":
            return Words(
                _("A person has looked at your report"),
                (_("Your request for a review was answered. You find the reviewer's words in the report."),),
                _("Read the report"),
                f"/report{about}",
            )
        case _:
            return _from_a_coach(kind, facts)


def _from_a_coach(kind: NoticeKind, facts: Mapping[str, Any]) -> Words:
    about = f"?session={facts['sessionId']}" if "sessionId" in facts else ""
    match kind:
        case "override":
            return Words(
                _("Your coach has looked at one of your answers"),
                (_("Your coach gave it a score and a reason. The score of your report stays beside it."),),
                _("Read it in the report"),
                f"/report{about}",
            )
        case "comment":
            return Words(
                _("Your coach has commented on your interview"),
                (_("The comment stands beside the moment it is about, in the transcript of your report."),),
                _("Read it in the report"),
                f"/report{about}",
            )
        case "assignment":
            return Words(
                _("Your coach asks you to practise"),
                (_("What to practise, and until when, stands on your first page."),),
                _("See what is asked"),
                "/",
            )
        case "invitation":
            return Words(
                _("{coach} invites you to {cohort}").format(coach=facts["coach"], cohort=facts["cohort"]),
                (
                    _("You choose what your coach sees: scores, reports, recordings. You can withdraw at any time."),
                    _("Nothing is shared before you agree."),
                ),
                _("See the invitation"),
                f"/account?join={facts['token']}",
            )
        case _:
            return _about_the_account(kind, facts)


def _about_the_account(kind: NoticeKind, facts: Mapping[str, Any]) -> Words:
    match kind:
        case "password_reset":
            return Words(
                _("Set a new password"),
                (
                    _(
                        "Somebody asked for a new password for your account. If it was you, use the "
                        "link within half an hour; it works once."
                    ),
                    _("If it was not you, do nothing: your password stays as it is."),
                ),
                _("Set a new password"),
                f"/account?reset={facts['token']}",
            )
        case "confirm_address":
            return Words(
                _("Confirm your e-mail address"),
                (_("Receipts and reports reach you here once you have confirmed that this address is yours."),),
                _("Confirm the address"),
                f"/account?confirm={facts['token']}",
            )
        case "password_changed":
            return Words(
                _("Your password was changed"),
                (_("Every other session of your account has ended. If it was not you, set a new password at once."),),
                _("Your account"),
                "/account",
            )
        case _:
            raise ValueError(kind)


def _money(facts: Mapping[str, Any]) -> str:
    return Money(facts["amount"], facts["currency"]).formatted()


_TEMPLATES = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)


def mail_of(words: Words, *, to: str, name: str | None, app_url: str, attachments: tuple[Attachment, ...] = ()) -> Mail:
    """The whole mail, as text and as HTML that escapes whatever people are called."""
    link = app_url + words.path
    greeting = _("Hello {name},").format(name=name) if name else _("Hello,")
    text = "\n\n".join((greeting, *words.lines, f"{words.action}: {link}", f"{SENDER}\n{_(WHY)}"))
    html = _TEMPLATES.get_template("mail.html").render(
        words=words, greeting=greeting, link=link, sender=SENDER, why=_(WHY), language=language()
    )
    return Mail(to=to, subject=words.title, text=text, html=html, attachments=attachments)


def text_message_of(words: Words, *, app_url: str) -> str:
    """One short line with its link."""
    return f"{SENDER}: {words.title}. {app_url}{words.path}"
