"""What good answers say, as far as the sandbox knows: from the questions it wrote itself and from the product's bank.

The assistant that asks the questions does not know their key points, so the played candidate has to look here.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog
import yaml
from pydantic import BaseModel

from sandbox.state import Table, Vault
from sandbox.words import normal

log = structlog.get_logger(__name__)


class Rubric(BaseModel):
    """A question's key points and where known its type. `also` holds another wording of each point, or nothing."""

    text: str
    key_points: list[str]
    also: list[str] = []
    type: str | None = None


class Rubrics:
    def __init__(self, vault: Vault, bank: Path) -> None:
        self._written = Table(vault, "rubric", Rubric)
        self._bank_folder = bank
        self._bank: dict[str, Rubric] = {}
        self._read: dict[Path, float] = {}

    def remember(self, question: Mapping[str, Any], kind: str | None) -> None:
        """Keep what a question that was written here asks for."""
        texts, also = _points(question["key_points"])
        self._written.put(_key(question["text"]), Rubric(text=question["text"], key_points=texts, also=also, type=kind))

    def find(self, question: str) -> Rubric | None:
        key = _key(question)
        return self._written.find(key) or self._in_bank(key)

    def _in_bank(self, key: str) -> Rubric | None:
        if key not in self._bank:
            self._read_bank()
        return self._bank.get(key)

    def _read_bank(self) -> None:
        """Read the files that are new or changed. One that cannot be read is left out: others may be writing it."""
        for path in sorted(self._bank_folder.rglob("*.yaml")):
            changed = path.stat().st_mtime
            if self._read.get(path) == changed:
                continue
            self._read[path] = changed
            try:
                found = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # noqa: S506  a safe loader
            except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
                log.warning("a file of the bank cannot be read", file=path.name, error=type(exc).__name__)
                continue
            for item in _questions(found):
                rubric = _rubric(item, path.parent.name)
                if rubric is not None:
                    self._bank[_key(rubric.text)] = rubric


def _questions(found: Any) -> Sequence[Any]:
    if isinstance(found, dict):
        found = found.get("questions")
    return found if isinstance(found, list) else []


def _rubric(item: Any, folder: str) -> Rubric | None:
    """A question of the bank; the folder is named after its type."""
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        return None
    texts, also = _points(item.get("key_points"))
    kind = item.get("type")
    return Rubric(text=item["text"], key_points=texts, also=also, type=kind if isinstance(kind, str) else folder)


def _points(listed: Any) -> tuple[list[str], list[str]]:
    """The points' texts, and the first other wording of each."""
    texts, also = [], []
    for point in listed if isinstance(listed, list) else []:
        body = point if isinstance(point, dict) else {"text": point}
        if isinstance(body.get("text"), str):
            others = body.get("accept_also")
            texts.append(body["text"])
            also.append(str(others[0]) if isinstance(others, list | tuple) and others else "")
    return texts, also


def _key(text: str) -> str:
    """A digest: the key stands in plain in the state file, and a question may quote a résumé."""
    return hashlib.sha256(normal(text).encode()).hexdigest()
