"""Mails by SES v2 and text messages by SNS, through boto3.

Neither has an idempotency key: what is sent once is decided by the outbox. A message id does not mean delivered.
Source: AWS's API references of 2026-10; botocore 1.40.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from core.adapters.resilience import Guard
from core.i18n import N_
from core.ports.errors import MessagesDown, MessagesRefused
from core.ports.messages import Mail
from core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import AttachmentTypeDef, MessageTypeDef

TIMEOUT_SECONDS = 8
WORTH_ANOTHER_TRY = frozenset(
    ("Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "InternalErrorException")
)
UTF8 = "UTF-8"


def _client(name: str, settings: Settings) -> Any:
    """boto3's own retries are off: the queue and the breaker decide."""
    config = Config(
        region_name=settings.aws_region,
        connect_timeout=TIMEOUT_SECONDS,
        read_timeout=TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
    return boto3.client(name, endpoint_url=settings.aws_endpoint_url, config=config)  # type: ignore[call-overload]


def _send(guard: Guard, provider: str, operation: str, send: Callable[[], Any]) -> str:
    def attempt() -> str:
        try:
            return str(send()["MessageId"])
        except ClientError as exc:
            code = exc.response.get("Error", {}).get("Code", "")
            status = exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if code in WORTH_ANOTHER_TRY or status >= 500 or status == 429:
                raise MessagesDown(
                    provider, N_("The message could not be handed over this time."), reason=code
                ) from exc
            raise MessagesRefused(provider, N_("The message was refused."), reason=code) from exc
        except BotoCoreError as exc:
            reason = type(exc).__name__
            raise MessagesDown(provider, N_("The message could not be handed over this time."), reason=reason) from exc

    return guard.call(operation, attempt)


class SesMailer:
    """The mail port over SES v2."""

    def __init__(self, settings: Settings) -> None:
        self.is_on = bool(settings.mail_from)
        self._from = settings.mail_from or ""
        self._settings = settings
        self._guard = Guard("ses", MessagesDown)
        self._made: Any = None

    @property
    def state(self) -> str:
        return self._guard.state

    def send_mail(self, mail: Mail) -> str:
        content: MessageTypeDef = {
            "Subject": {"Data": mail.subject, "Charset": UTF8},
            "Body": {
                "Text": {"Data": mail.text, "Charset": UTF8},
                "Html": {"Data": mail.html, "Charset": UTF8},
            },
        }
        attached: list[AttachmentTypeDef] = [
            {
                "FileName": item.filename,
                "ContentType": item.content_type,
                "RawContent": item.content,
                "ContentDisposition": "ATTACHMENT",
                "ContentTransferEncoding": "BASE64",
            }
            for item in mail.attachments
        ]
        if attached:
            content["Attachments"] = attached
        return _send(
            self._guard,
            "ses",
            "send_mail",
            lambda: self._client().send_email(
                FromEmailAddress=self._from, Destination={"ToAddresses": [mail.to]}, Content={"Simple": content}
            ),
        )

    def _client(self) -> Any:
        self._made = self._made or _client("sesv2", self._settings)
        return self._made


class SnsTexter:
    """The text message port over SNS. India asks for a registered entity and template."""

    def __init__(self, settings: Settings) -> None:
        self.is_on = settings.sms_enabled
        self._settings = settings
        self._guard = Guard("sns", MessagesDown)
        self._made: Any = None

    @property
    def state(self) -> str:
        return self._guard.state

    def send_text(self, number: str, text: str) -> str:
        given = {
            "AWS.SNS.SMS.SMSType": "Transactional",
            "AWS.SNS.SMS.SenderID": self._settings.sms_sender_id,
            "AWS.MM.SMS.EntityId": self._settings.sms_entity_id,
            "AWS.MM.SMS.TemplateId": self._settings.sms_template_id,
        }
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in given.items() if value}
        return _send(
            self._guard,
            "sns",
            "send_text",
            lambda: self._client().publish(PhoneNumber=number, Message=text, MessageAttributes=attributes),
        )

    def _client(self) -> Any:
        self._made = self._made or _client("sns", self._settings)
        return self._made
