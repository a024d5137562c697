"""Setting a page as PDF with Typst. What people said and are called reaches the typesetter as data, never as markup."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).resolve().parent / "fonts"
"""Poppins: Latin and Devanagari, under the SIL Open Font License beside it."""


@lru_cache
def _fonts() -> typst.Fonts:
    """Ours and those that come with the typesetter: a machine without fonts sets the same pages."""
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])


def pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """A template's pages; it reads `data` as JSON from `sys.inputs.data`."""
    document = typst.compile(template.read_bytes(), sys_inputs={"data": json.dumps(data)}, font_paths=_fonts())
    if not isinstance(document, bytes):
        raise TypeError("the typesetter gave no document")
    return document
