"""What a run leaves out, as it travels to a worker."""

from __future__ import annotations

from sources.records import Record


class Withheld(Record, frozen=True, kw_only=True, gc=False):
    """Nothing older than the day ``oldest`` is kept, and nothing that the list at ``path`` says
    is forgotten; ``digest`` tells one state of that list from the next.
    """

    oldest: str = ""
    path: str = ""
    digest: str = ""
