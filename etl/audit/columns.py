"""Which column of a result holds what: as given, else by a name that speaks for itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

NAMES = {
    "id": "messageid msgid id ts uid recordid hsobjectid messagenumber",
    "time": "timestamp datetime sentat createdat messagetime date time start ts when",
    "author": "author authorname sender sendername from fromname user username",
    "author_id": "authorid senderid fromid userid user",
    "chat": "chatname chat channelname channel chattitle conversation groupname group room",
    "title": "title name",
    "vendor": "channelid conversationid",
    "directory": "directory",
    "count": "messagecount messagescount nummessages count",
    "source": "source platform",
}
"""What a column may be called, the best first, without case, blanks and signs. A ``title`` is a
chat's where it stands beside a list of messages.
"""


class Columns:
    """Which column holds what: as given, else by name. ``used`` tells it afterwards, and
    ``absent`` which of those given were never met.
    """

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.absent = {*given.values()}
        self._known: dict[tuple[str, ...], dict[str, str]] = {}
        self.used: dict[str, dict[str, None]] = {}

    def of(self, names: Iterable[str]) -> dict[str, str]:
        """The columns of a row with these."""
        key = tuple(names)
        if key not in self._known:
            self.absent.difference_update(key)
            plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(key)}
            found = {}
            for what, words in NAMES.items():
                if what in self._given:
                    if self._given[what] in key:
                        found[what] = self._given[what]
                elif name := next((plain[word] for word in words.split() if word in plain), ""):
                    found[what] = name
            self._known[key] = found
        return self._known[key]

    def use(self, columns: Mapping[str, str]) -> None:
        """Remember what was read of rows like this."""
        for what, name in columns.items():
            self.used.setdefault(what, {}).setdefault(name)
