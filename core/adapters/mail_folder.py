"""Mails as files, for an installation that nobody is mailed from: what would have left can be read."""

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from uuid import uuid4

from core.ports.messages import Mail

SENDER = "Greenroom <greenroom@localhost>"


class FolderMailer:
    """The mail port over a folder of `.eml` files (RFC 5322), which any mail program opens."""

    is_on = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send_mail(self, mail: Mail) -> str:
        written = EmailMessage(policy=SMTP)
        written["From"], written["To"], written["Subject"] = SENDER, mail.to, mail.subject
        written.set_content(mail.text)
        written.add_alternative(mail.html, subtype="html")
        for item in mail.attachments:
            kind, _, subtype = item.content_type.partition("/")
            written.add_attachment(item.content, maintype=kind, subtype=subtype, filename=item.filename)
        name = f"{uuid4().hex}.eml"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._folder / name).write_bytes(written.as_bytes())
        return name
