"""What was written of an output."""

from __future__ import annotations

from typing import NamedTuple


class Front(NamedTuple):
    """What stands in the file before the content."""

    size: int
    sha256: str


class Written(NamedTuple):
    """What was written: the hash of the content, and what stands before it, unless the
    earlier output was left alone.
    """

    content_sha256: str
    front: Front | None

    @property
    def left_alone(self) -> bool:
        """Whether the earlier output has the same content."""
        return self.front is None
