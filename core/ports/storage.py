"""Where objects (recordings, uploads, exports) are kept."""

from collections.abc import Sequence
from typing import Protocol


class ObjectStore(Protocol):
    """Objects are sealed before they are written; `key` is a relative path and is bound into the seal."""

    def put(self, key: str, content: bytes) -> None: ...

    def get(self, key: str) -> bytes:
        """Raises: NotFound."""
        ...

    def list(self, prefix: str) -> Sequence[str]:
        """The keys under a prefix, in order."""
        ...

    def reseal(self) -> int:
        """Seal what stands under an older key anew; returns how many objects that were."""
        ...

    def delete_prefix(self, prefix: str) -> int:
        """Remove every object under the prefix; returns how many there were."""
        ...
