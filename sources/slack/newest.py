"""How new an export is at least, from what it holds.

No export says when it was made. What is newer in it than anything in another one shows
that it was made later: a person or a conversation ``updated``, a topic ``last_set``, a
message edited, a thread's ``latest_reply``, a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sources.slack.fields import mapping, number, string
from sources.slack.layout import is_day
from sources.slack.moment import utc

_MILLISECONDS = 10**11
"""Numbers from here on are no seconds of this age: channels tell milliseconds."""


def newest_change(entries: Iterable[object]) -> str:
    """When the latest change was made of those that entries of lists tell; RFC 3339."""
    return max((_told(value) for entry in entries for value in _changes(entry)), default="")


def newest_day(names: Iterable[str]) -> str:
    """The first moment of the latest day of those that day files are named for."""
    day = max((name[:10] for name in names if is_day(name)), default="")
    return f"{day}T00:00:00.000000Z" if day else ""


def _changes(entry: object) -> Iterator[object]:
    raw = mapping(entry)
    yield raw.get("updated")
    yield mapping(raw.get("topic")).get("last_set")
    yield mapping(raw.get("purpose")).get("last_set")


def _told(value: object) -> str:
    # Exports of 2016 hold numbers as texts; other producers write 0 for "never".
    text = string(value)
    count = int(text) if text.isascii() and text.isdigit() else number(value)
    if count is None or not 0 < count < _MILLISECONDS * 100:
        return ""
    return utc(str(count // 1000 if count >= _MILLISECONDS else count)) or ""
