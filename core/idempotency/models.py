"""The table of creating calls that carry a key, with what was answered."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.sealing import SealedBytes, SealedText


class IdempotentCall(Base):
    """One key of one person. Without a status it is being worked on, or whoever worked on it was killed."""

    __tablename__ = "idempotent_calls"
    __table_args__ = (
        CheckConstraint("status BETWEEN 200 AND 299", name="status"),
        CheckConstraint("(status IS NULL) = (answer IS NULL)", name="answer"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the person's id and the key, so that the key is unique for the person and is not kept itself."""
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    route: Mapped[str] = mapped_column(String(300))
    """Method and path the key was first used for."""
    fingerprint_sealed: Mapped[str] = mapped_column("fingerprint", Text)
    fingerprint = SealedText[str]()
    """Digest of the body. Sealed, as the digest of a few words gives them away to whoever tries some."""
    status: Mapped[int | None]
    media_type: Mapped[str | None] = mapped_column(String(100))
    answer_sealed: Mapped[bytes | None] = mapped_column("answer", LargeBinary)
    answer = SealedBytes()
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime]
    """Until then the call is in work; afterwards whoever worked on it is taken for dead."""
