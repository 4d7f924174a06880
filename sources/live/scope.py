"""What a fetch is given: what opens the service, and how much to ask for."""

from __future__ import annotations

from dataclasses import dataclass, field

from sources.records import Record

FOLDER = "live"
"""Under the data folder: all that was ever fetched."""


@dataclass(frozen=True)
class Credential:
    """What opens a service: a token, or the path of a file; never shown. ``subject`` is whom
    a service account speaks for.
    """

    secret: str = field(repr=False)
    subject: str | None = None


class Scope(Record, frozen=True, kw_only=True, gc=False):
    """What is to be fetched: from which day on (``YYYY-MM-DD``), all anew, only of these."""

    since: str | None = None
    full: bool = False
    channels: tuple[str, ...] = ()
    calendars: tuple[str, ...] = ()
