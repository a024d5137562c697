"""Text out of an uploaded PDF, read in a process of its own: a hostile file costs that process alone."""

import io
import resource
import subprocess
import sys

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from core.errors import FieldProblem
from core.i18n import N_
from core.interviews.rules import MAX_DOCUMENT_CHARS

MAX_BYTES = 5 * 1024 * 1024
MAX_PAGES = 30
SECONDS = 10
MEMORY_BYTES = 1024 * 1024 * 1024
_UNREADABLE = "This PDF could not be read. Paste the text instead."


def text_of_pdf(content: bytes, *, field: str = "resumeText") -> str:
    """The text of at most thirty pages, cut to what a document may have.

    Raises: FieldProblem for what is no PDF, too large, takes too long or holds no text.
    """
    if len(content) > MAX_BYTES:
        raise FieldProblem(field, N_("At most {limit} MB."), words={"limit": MAX_BYTES // (1024 * 1024)})
    if not content.lstrip()[:5].startswith(b"%PDF-"):
        raise FieldProblem(field, N_("This is no PDF file."))
    command = [sys.executable, "-m", "core.interviews.documents"]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS + 2, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as exc:
        raise FieldProblem(field, _UNREADABLE) from exc
    text = done.stdout.decode(errors="replace").strip()
    if done.returncode != 0 or not text:
        raise FieldProblem(field, _UNREADABLE)
    return text[:MAX_DOCUMENT_CHARS]


def _extract(content: bytes) -> str:
    reader = PdfReader(io.BytesIO(content))
    return "\n".join(page.extract_text() for page in reader.pages[:MAX_PAGES])


def main() -> None:
    """Read a PDF on standard input, print its text; exit 1 where it cannot be read within the limits."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        sys.stdout.write(_extract(sys.stdin.buffer.read(MAX_BYTES + 1)))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, MemoryError):
        sys.exit(1)


if __name__ == "__main__":
    main()
