"""Keeping the catalogues in step with the code: `python -m core.catalogues`, or `make words`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from core.i18n import DOMAIN, ENGLISH, LANGUAGES, LOCALE

ROOT = LOCALE.parent
SPOKEN = ("core", "ui", "pages")
"""Where people are spoken to. The HTTP interface answers in English."""
KEYWORDS = {"_": None, "N_": None, "NotFound": None, "ngettext": (1, 2)}


def extracted() -> Catalog:
    """Every message of the code, without places: they would change with every line that is added above."""
    template = Catalog(project="Greenroom", charset="utf-8", fuzzy=False, header_comment="# Greenroom's messages.")
    for folder in SPOKEN:
        found = extract_from_dir(ROOT / folder, [("**.py", "python")], keywords=KEYWORDS)
        for _file, _line, message, _comments, _context in found:
            template.add(message)
    return template


def catalogue_file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def translated(language: str) -> Catalog:
    """A catalogue as it is kept."""
    with catalogue_file(language).open("rb") as source:
        return read_po(source, locale=language)


def bring_up_to_date(language: str) -> Catalog:
    """Add what the code says by now and drop what it says no more. What is new stands without a translation."""
    kept = translated(language)
    kept.update(extracted(), no_fuzzy_matching=True)
    kept.header_comment = f"# Greenroom in {LANGUAGES[language]}."
    with catalogue_file(language).open("wb") as file:
        write_po(file, kept, width=120, no_location=True, ignore_obsolete=True, sort_output=True)
    return kept


def untranslated(catalogue: Catalog) -> Iterator[str]:
    """Messages without words of their own in every form, or with words nobody has looked over."""
    for message in catalogue:
        said = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and (message.fuzzy or not all(said)):
            yield message.id if isinstance(message.id, str) else message.id[0]


def main() -> int:
    missing = {code: sorted(untranslated(bring_up_to_date(code))) for code in LANGUAGES if code != ENGLISH}
    for language, messages in missing.items():
        sys.stdout.writelines(f"{language}: {message!r}\n" for message in messages)
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
