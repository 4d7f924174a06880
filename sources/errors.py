"""What can go wrong while reading archives.

::

    ArchiveError
    ├── Unreadable        permission, I/O: may work next time
    ├── Damaged           not what its name says, cut short, wrong checksum
    ├── Hostile           a path or a size that no honest archive has
    ├── TooLarge          more than can be held at once
    └── ChangedWhileRead  somebody was still writing: may work next time

Each says what (``detail``), where (``path``, relative to the data folder) and what to
do (``remedy``), and survives pickling.
"""

from __future__ import annotations


class ArchiveError(Exception):
    """Base of everything a reader may raise about its input."""

    reason = "damaged"
    retry = False
    default_remedy = "Export it again."

    def __init__(self, path: str, detail: str, remedy: str | None = None) -> None:
        super().__init__(path, detail, remedy)
        self.path = path
        self.detail = detail
        self.remedy = remedy or self.default_remedy

    def __str__(self) -> str:
        return f"{self.path}: {self.detail}. {self.remedy}"


class Unreadable(ArchiveError):
    """The system would not let us read it."""

    reason = "unreadable"
    retry = True
    default_remedy = "Make it readable for the user who runs this, and run again."


class Damaged(ArchiveError):
    """The bytes are not those of a whole archive."""


class Hostile(ArchiveError):
    """Reading it as it asks to be read could do harm."""

    reason = "hostile"
    default_remedy = "Unpack it by hand if you trust it, and put the folder here instead."


class TooLarge(ArchiveError):
    """Reading it as it must be read would take more memory than anybody has."""

    reason = "too_large"
    default_remedy = "Export it in smaller pieces."


class ChangedWhileRead(ArchiveError):
    """The file was written to, or vanished, between the first and the last byte."""

    reason = "changed_while_read"
    retry = True
    default_remedy = "Let the export finish, and run again."
