"""Objects on disk or on S3 through cloudpathlib, sealed before they leave the process."""

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cloudpathlib import S3Client
from cloudpathlib.enums import FileCacheMode

from core.crypto import Keyring
from core.errors import NotFound

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*/?")


class CloudStore:
    """`file:///folder` or `s3://bucket/prefix`."""

    def __init__(self, url: str, ring: Keyring, *, s3_endpoint_url: str | None = None) -> None:
        self._ring = ring
        parts = urlsplit(url)
        self._root: Any
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        if parts.scheme == "file":
            self._root = Path(unquote(parts.path))
        elif parts.scheme == "s3":
            # It goes through a file on this machine, which must not stay: a node would fill up with recordings.
            self._scratch = tempfile.TemporaryDirectory(prefix="greenroom-objects-")
            client = S3Client(
                endpoint_url=s3_endpoint_url,
                extra_args={"ServerSideEncryption": "AES256"},
                local_cache_dir=self._scratch.name,
                file_cache_mode=FileCacheMode.close_file,
            )
            self._root = client.CloudPath(url)
        else:
            raise ValueError(f"STORAGE_URL: {parts.scheme!r} is neither file nor s3")

    def close(self) -> None:
        """Remove what is kept on this machine."""
        if self._scratch is not None:
            self._scratch.cleanup()

    def put(self, key: str, content: bytes) -> None:
        """Write under a temporary name first, so that a process killed here leaves no half object."""
        path = self._path(key)
        sealed = self._ring.seal_bytes(content, bound_to=f"object:{key}")
        if isinstance(path, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_name(f".{path.name}.{os.getpid()}.half")
            half.write_bytes(sealed)
            half.replace(path)
        else:
            path.write_bytes(sealed)

    def get(self, key: str) -> bytes:
        """Raises: NotFound, and CannotOpen for an object that was changed."""
        try:
            sealed: bytes = self._path(key).read_bytes()
        except (FileNotFoundError, IsADirectoryError) as exc:
            raise NotFound("file") from exc
        return self._ring.open_bytes(sealed, bound_to=f"object:{key}")

    def delete_prefix(self, prefix: str) -> int:
        folder = self._path(prefix)
        if not folder.exists():
            return 0
        files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else [folder]
        for path in files:
            path.unlink()
        if isinstance(folder, Path) and folder.is_dir():
            for empty in sorted(folder.rglob("*"), reverse=True):
                empty.rmdir()
            folder.rmdir()
        return len(files)

    def list(self, prefix: str) -> Sequence[str]:
        folder = self._path(prefix)
        if not folder.exists():
            return []
        return sorted(str(path.relative_to(self._root)) for path in folder.rglob("*") if _is_object(path))

    def reseal(self) -> int:
        """Seal every object anew that stands under an older key. Returns how many."""
        if not self._root.exists():
            return 0
        touched = 0
        for path in [path for path in self._root.rglob("*") if _is_object(path)]:
            try:
                sealed: bytes = path.read_bytes()
            except FileNotFoundError:
                continue
            if self._ring.is_current(sealed[:64].decode(errors="replace")):
                continue
            key = str(path.relative_to(self._root))
            content = self._ring.open_bytes(sealed, bound_to=f"object:{key}")
            # What is erased in this moment must not come back.
            if path.exists():
                self.put(key, content)
                touched += 1
        return touched

    def _path(self, key: str) -> Any:
        if not _KEY.fullmatch(key) or ".." in key:
            raise ValueError(f"{key!r} is no object key")
        return self._root / key.rstrip("/")


def _is_object(path: Any) -> bool:
    """Not a folder, and not what a write has left half done."""
    return bool(path.is_file()) and not path.name.startswith(".")
