"""What we need from whoever carries mails and text messages."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Attachment:
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail to one address, as text and as HTML."""

    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


class Mailer(Protocol):
    is_on: bool
    """Whether mails leave at all; without a sender's address people are told in the application only."""

    def send_mail(self, mail: Mail) -> str:
        """Hand a mail over; returns the carrier's id of it, which does not mean that it arrived.

        Raises: MessagesDown (worth another try), MessagesRefused (not).
        """
        ...


class Texter(Protocol):
    is_on: bool

    def send_text(self, number: str, text: str) -> str:
        """Hand a text message over. `number` in E.164 form (+919812345678).

        Raises: MessagesDown (worth another try), MessagesRefused (not).
        """
        ...
