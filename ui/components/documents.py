"""A résumé or a job description, pasted or as a PDF."""

from dataclasses import dataclass

import streamlit as st

from core.errors import FieldProblem
from core.i18n import N_, _
from core.interviews.documents import text_of_pdf
from core.interviews.rules import MAX_DOCUMENT_CHARS
from ui.state import Key

MAX_PDF_MEGABYTES = 5


@dataclass(frozen=True)
class Field:
    """Where a document is typed or dropped, and the field of the set-up it fills."""

    name: str
    label: str
    text_key: Key
    file_key: Key
    placeholder: str


RESUME = Field(
    "resumeText", N_("Résumé"), Key.RESUME_TEXT, Key.RESUME_FILE, N_("Paste the parts of your résumé that matter here.")
)
JOB = Field("jobDescription", N_("Job description"), Key.JOB_TEXT, Key.JOB_FILE, N_("Paste the advertisement."))


def document_input(field: Field) -> bytes | str | None:
    """What was given: a PDF's bytes before any text, None for nothing. It is read only when the form is sent."""
    words = st.text_area(
        _(field.label), key=field.text_key, max_chars=MAX_DOCUMENT_CHARS, height=120, placeholder=_(field.placeholder)
    )
    uploaded = st.file_uploader(
        _("{label} as a PDF").format(label=_(field.label)),
        type=["pdf"],
        key=field.file_key,
        max_upload_size=MAX_PDF_MEGABYTES,
    )
    return uploaded.getvalue() if uploaded is not None else words


def text_of(given: bytes | str | None, field: Field) -> str | None:
    """The words of what was given. Raises: FieldProblem under the field's own name."""
    if not isinstance(given, bytes):
        return given
    try:
        return text_of_pdf(given)
    except FieldProblem as exc:
        raise exc.under(field.name) from exc
