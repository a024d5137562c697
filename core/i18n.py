"""The words of screens and mails in the reader's language, by gettext catalogues in `locale/`.

English stands in the code. `_` and `ngettext` translate where a text is shown; `N_` marks one that is kept in a
constant and translated when it is shown.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LOCALE = Path(__file__).resolve().parent.parent / "locale"
DOMAIN = "greenroom"
ENGLISH = "en"
HINDI = "hi"
LANGUAGES: Mapping[str, str] = {ENGLISH: "English", HINDI: "हिन्दी"}
"""Of screens and mails, each by its own name."""
_REGIONS: Mapping[str, str] = {ENGLISH: "en_IN", HINDI: "hi_IN"}

K = TypeVar("K")

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def language() -> str:
    """The language of whoever is being served."""
    return _language.get()


def english_name() -> str:
    """The same for a model that is told in English what to write in: "Hindi"."""
    return str(Locale.parse(_language.get()).english_name)


def region() -> str:
    """The Babel locale that dates and money are written in."""
    return _REGIONS[_language.get()]


def known(language: str | None) -> str | None:
    """The language of ours that a tag such as `hi-IN` names, None where it names none."""
    name = (language or "").replace("_", "-").split("-")[0].lower()
    return name if name in LANGUAGES else None


class Worded(Mapping[K, str]):
    """Words kept in a constant, marked by `N_`, each translated when it is taken out."""

    def __init__(self, words: Mapping[K, str]) -> None:
        self._words = words

    def __getitem__(self, key: K) -> str:
        return _(self._words[key])

    def __iter__(self) -> Iterator[K]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


def choose(language: str) -> None:
    """Serve the rest of this thread or task in a language."""
    _language.set(language)


@contextmanager
def using(language: str) -> Iterator[None]:
    """Serve what is inside in a language: a mail in its recipient's."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def _(message: str) -> str:
    return _catalogue(_language.get()).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    return _catalogue(_language.get()).ngettext(one, many, number)


def N_(message: str) -> str:  # noqa: N802  gettext's own name for a mark
    return message


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    path = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if language == ENGLISH or not path.exists():
        return NullTranslations()
    return _read(path)


def _read(path: Path) -> NullTranslations:
    """A catalogue as its translators keep it: compiled in memory, so that none can be out of date."""
    with path.open("rb") as source, BytesIO() as compiled:
        write_mo(compiled, read_po(source))
        compiled.seek(0)
        return Translations(compiled, domain=DOMAIN)
