"""Mail and text messages over the wire: boto3 against moto's SES and SNS, and against a server that fails."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from core.adapters.aws_messages import SesMailer, SnsTexter
from core.ports.errors import MessagesDown, MessagesRefused
from core.ports.messages import Attachment, Mail
from core.settings import Settings

MAIL = Mail(
    to="asha@people.test",
    subject="Receipt: ₹195.00 paid",
    text="Hello Asha",
    html="<p>Hello Asha</p>",
    attachments=(Attachment("receipt.pdf", "application/pdf", b"%PDF-1.7 pages"),),
)


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def configured(settings: Settings, aws: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    return settings.model_copy(
        update={"aws_endpoint_url": aws, "mail_from": "hello@greenroom.test", "sms_enabled": True}
    )


def post(url: str, body: dict[str, Any], path: str) -> None:
    request = urllib.request.Request(
        url + path, json.dumps(body).encode(), {"Content-Type": "application/json", "Authorization": SIGNED}
    )
    urllib.request.urlopen(request, timeout=10).close()


SIGNED = "AWS4-HMAC-SHA256 Credential=testing/20261124/ap-south-1/ses/aws4_request, SignedHeaders=host, Signature=x"


def verify_sender(url: str, address: str) -> None:
    post(url, {"EmailIdentity": address}, "/v2/email/identities")


def test_a_mail_of_a_verified_sender_is_handed_over(configured: Settings, aws: str) -> None:
    verify_sender(aws, "hello@greenroom.test")

    assert SesMailer(configured).send_mail(MAIL)


def test_a_sender_that_is_not_verified_is_refused(configured: Settings) -> None:
    mailer = SesMailer(configured.model_copy(update={"mail_from": "stranger@elsewhere.test"}))
    with pytest.raises(MessagesRefused):
        mailer.send_mail(MAIL)


def test_a_text_message_is_handed_over(configured: Settings) -> None:
    assert SnsTexter(configured).send_text("+919812345678", "Greenroom: your report is ready.")


def test_without_a_sender_nothing_leaves(settings: Settings) -> None:
    assert not SesMailer(settings).is_on
    assert not SnsTexter(settings).is_on


class Wire(BaseHTTPRequestHandler):
    """Keeps what was sent, and answers as a test says."""

    status = 200
    code = ""
    reply = b""
    seen: list[dict[str, Any]] = []  # noqa: RUF012  one server, one list

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "json" in self.headers.get("Content-Type", ""):
            Wire.seen.append(json.loads(body))
        reply = Wire.reply or json.dumps({"MessageId": "m-1"} if Wire.status == 200 else {"message": "no"}).encode()
        self.send_response(Wire.status)
        self.send_header("Content-Type", "application/json")
        if Wire.code:
            self.send_header("x-amzn-ErrorType", Wire.code)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True)
class Wired:
    url: str
    mailer: SesMailer


@pytest.fixture
def wire(configured: Settings) -> Iterator[Wired]:
    server = HTTPServer(("127.0.0.1", 0), Wire)
    Thread(target=server.serve_forever, daemon=True).start()
    Wire.status, Wire.code, Wire.reply, Wire.seen = 200, "", b"", []
    url = f"http://127.0.0.1:{server.server_port}"
    yield Wired(url, SesMailer(configured.model_copy(update={"aws_endpoint_url": url})))
    server.shutdown()
    server.server_close()


def test_the_wire_carries_text_html_and_attachment(wire: Wired) -> None:
    assert wire.mailer.send_mail(MAIL) == "m-1"

    (sent,) = Wire.seen
    assert sent["Destination"] == {"ToAddresses": ["asha@people.test"]}
    simple = sent["Content"]["Simple"]
    assert simple["Subject"] == {"Data": MAIL.subject, "Charset": "UTF-8"}
    assert simple["Body"]["Html"]["Data"] == MAIL.html
    assert simple["Attachments"][0]["FileName"] == "receipt.pdf"


@pytest.mark.parametrize(
    ("status", "code", "raised"),
    [
        (503, "", MessagesDown),
        (429, "TooManyRequestsException", MessagesDown),
        (400, "MessageRejected", MessagesRefused),
        (400, "MailFromDomainNotVerifiedException", MessagesRefused),
    ],
)
def test_failures_are_told_apart_and_not_tried_again_here(
    wire: Wired, status: int, code: str, raised: type[Exception]
) -> None:
    Wire.status, Wire.code = status, code
    with pytest.raises(raised):
        wire.mailer.send_mail(MAIL)
    assert len(Wire.seen) == 1


def test_a_number_that_is_none_is_refused(wire: Wired, configured: Settings) -> None:
    Wire.status = 400
    Wire.reply = b"<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code></Error></ErrorResponse>"
    texter = SnsTexter(configured.model_copy(update={"aws_endpoint_url": wire.url}))

    with pytest.raises(MessagesRefused):
        texter.send_text("98123", "Hello")


def test_a_server_that_is_not_there_is_down(configured: Settings) -> None:
    mailer = SesMailer(configured.model_copy(update={"aws_endpoint_url": "http://127.0.0.1:9"}))
    with pytest.raises(MessagesDown):
        mailer.send_mail(MAIL)
