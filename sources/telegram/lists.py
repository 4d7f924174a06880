"""``lists/chats.html`` and ``export_results.html``: what a full export says about its chats,
and whose they are.

The only place with a chat's type, and the only one that says that just the user's own
messages were exported.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser

from sources.records import Record
from sources.telegram.markup import attribute, plain

_OUTGOING = re.compile(r"(No|\d+) outgoing messages?")


class Entry(Record, frozen=True, kw_only=True, gc=False):
    """One chat of the list. ``folder`` is relative to the export, empty without a link."""

    folder: str
    name: str
    chat_type: str
    count: str

    @property
    def is_half(self) -> bool:
        """Whether only the user's own messages were exported."""
        return _OUTGOING.fullmatch(self.count) is not None


def is_chat_list(data: bytes) -> bool:
    """Whether these bytes are a list of chats."""
    return b"list_page" in data and b"entry_list" in data


def entries(data: bytes) -> list[Entry]:
    """The chats of a list, left channels included, in order."""
    tree = LexborHTMLParser(data)
    found: list[Entry] = []
    for entry in tree.css(".entry_list .entry"):
        name, info = entry.css_first(".body .name"), entry.css_first(".body .info")
        found.append(
            Entry(
                folder=_folder(attribute(entry, "href")),
                name=unicodedata.normalize("NFC", plain(name)),
                chat_type=plain(info),
                count=plain(entry.css_first(".body .details_entry")),
            )
        )
    return found


def owner_of(data: bytes) -> str:
    """The owner that ``export_results.html`` names; empty when it names none."""
    tree = LexborHTMLParser(data)
    # as messages print a name, first and last
    return " ".join(map(plain, tree.css(".personal_info .names .value")))


def _folder(href: str) -> str:
    """``../chats/chat_01/messages.html#allow_back`` is about ``chats/chat_01``."""
    if not href:
        return ""
    folder = posixpath.normpath(posixpath.join("lists", posixpath.dirname(href)))
    return "" if folder.startswith(("..", "/")) or folder == "." else folder
