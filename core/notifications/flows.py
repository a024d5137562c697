"""Sending what stands in the outbox."""

from typing import TYPE_CHECKING, Any

import structlog

from core.accounts import links
from core.accounts import service as accounts
from core.db import Uow
from core.i18n import ENGLISH, using
from core.notifications.models import Channel, MessageStatus, OutgoingMessage
from core.notifications.wording import mail_of, text_message_of, words_of
from core.payments.receipt import receipt_of, receipt_pdf
from core.ports.messages import Attachment, Mail

if TYPE_CHECKING:
    from core.wiring import Greenroom

log = structlog.get_logger(__name__)


def deliver(greenroom: "Greenroom", message_id: str) -> str:
    """Hand one message over to its carrier, unless that has been done. Returns what came of it.

    Carriers know no idempotency keys: a process killed between handing over and noting it sends a second time, which
    is better than never.

    Raises: MessagesDown, MessagesRefused.
    """
    with greenroom.uow() as uow:
        message = uow.session.get(OutgoingMessage, message_id)
        if message is None or message.status is not MessageStatus.QUEUED:
            return "nothing to send"
        carrier = greenroom.mail if message.channel is Channel.MAIL else greenroom.sms
        if not carrier.is_on:
            message.status = MessageStatus.OFF
            return "this installation sends none"
        facts = _facts(greenroom, uow, message)
        if facts is None:
            message.status = MessageStatus.OFF
            return "its link is spent"
        language = accounts.locale_of(uow, message.user_id) if message.user_id else ENGLISH
        with using(language):
            written = _written(greenroom, uow, message, facts)
    if isinstance(written, Mail):
        carried_as = greenroom.mail.send_mail(written)
    else:
        carried_as = greenroom.sms.send_text(message.to, written)
    _close(greenroom, message_id, MessageStatus.SENT, carried_as)
    return "sent"


def _written(greenroom: "Greenroom", uow: Uow, message: OutgoingMessage, facts: dict[str, Any]) -> Mail | str:
    """The mail, or the text message, in the language that holds."""
    words = words_of(message.kind, facts)  # type: ignore[arg-type]  # written by `post` alone
    app_url = greenroom.settings.app_url
    if message.channel is not Channel.MAIL:
        return text_message_of(words, app_url=app_url)
    name = accounts.name_of(uow, message.user_id) if message.user_id else None
    return mail_of(words, to=message.to, name=name, app_url=app_url, attachments=_attachments(uow, message))


def _facts(greenroom: "Greenroom", uow: Uow, message: OutgoingMessage) -> dict[str, Any] | None:
    """What the words need; a link gets its token here, on its way out. None for a link that opens nothing any more."""
    link_id = message.facts.get("linkId")
    if not link_id:
        return message.facts
    token = links.token_of(uow, greenroom.settings, link_id)
    return {**message.facts, "token": token} if token else None


def _attachments(uow: Uow, message: OutgoingMessage) -> tuple[Attachment, ...]:
    payment_id = message.facts.get("paymentId")
    if message.kind != "receipt" or not payment_id or not message.user_id:
        return ()
    receipt = receipt_of(uow, message.user_id, payment_id)
    return (Attachment(receipt.filename, "application/pdf", receipt_pdf(receipt)),)


def give_up(greenroom: "Greenroom", message_id: str) -> None:
    """The last attempt failed: an operator sees it; the inbox has it in any case."""
    _close(greenroom, message_id, MessageStatus.FAILED, None)
    log.error("a message could not be sent", message_id=message_id)


def _close(greenroom: "Greenroom", message_id: str, status: MessageStatus, carried_as: str | None) -> None:
    with greenroom.uow() as uow:
        message = uow.session.get(OutgoingMessage, message_id, with_for_update=True)
        if message is not None and message.status is MessageStatus.QUEUED:
            message.status = status
            message.message_id = carried_as
            message.sent_at = uow.now if status is MessageStatus.SENT else None
