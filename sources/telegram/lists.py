"""``lists/chats.html`` and ``export_results.html``: what a full export says about its chats,
and whose they are.

The only place with a chat's type, and the only one that says that just the user's own
messages were exported.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from itertools import chain, compress, pairwise

from selectolax.lexbor import LexborHTMLParser

from sources.records import Record
from sources.telegram.escaped import Odd, encoded, plain_text
from sources.telegram.markup import attribute, plain

_LINE = r"[^\n<]*+"
_ENTRY = re.compile(
    r'\n     <(?:(a) class="entry block_link clearfix" href="([^"<>]*+)"'
    r'|div class="entry clearfix")>\n'
    r'\n      <div class="pull_left userpic_wrap">\n'
    r'\n       <div class="userpic userpic[0-9]+" style="width: 42px; height: 42px">\n'
    rf'\n        <div class="initials" style="line-height: 42px">\n{_LINE}\n        </div>\n'
    r"\n       </div>\n\n      </div>\n"
    r'\n      <div class="body">\n'
    rf'\n       <div class="pull_right info details">\n({_LINE})\n       </div>\n'
    rf'\n       <div class="name bold">\n({_LINE})\n       </div>\n'
    rf'\n       <div class="details_entry details">\n({_LINE})\n       </div>\n'
    r"\n      </div>\n\n     </(?(1)a|div)>\n"
)
"""An entry as tdesktop writes it: where it leads, type, name, count."""

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
    found = _as_written(data)
    return _through_tree(data) if found is None else found


def _as_written(data: bytes) -> list[Entry] | None:
    """The same, several times as fast, of a list as tdesktop writes it; else none. An entry as
    it writes them keeps to itself: a tree of the page without those that stand between two
    others must hold just the rest.
    """
    if b"\0" in data or b"\r" in data:  # which a parser replaces
        return None
    text = encoded(data)
    matches = list(_ENTRY.finditer(text))
    ends = [0, *(match.end() for match in matches)]
    starts = [*(match.start() for match in matches), len(text)]
    gaps = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    outer = [bool(before or behind) for before, behind in pairwise(gaps)]
    try:
        found = [_matched(match) for match in matches]
    except (Odd, UnicodeDecodeError):
        return None
    kept = (match[0] if stays else "" for match, stays in zip(matches, outer, strict=True))
    rest = gaps[0] + "".join(chain.from_iterable(zip(kept, gaps[1:], strict=True)))
    same = _through_tree(rest.encode("latin-1")) == list(compress(found, outer))
    return found if same else None


def _matched(match: re.Match[str]) -> Entry:
    _, href, *said = match.groups(default="")
    chat_type, name, count = (plain_text(line).strip() for line in said)
    return _entry(plain_text(href), name, chat_type, count)


def _through_tree(data: bytes) -> list[Entry]:
    return [
        _entry(
            attribute(entry, "href"),
            plain(entry.css_first(".body .name")),
            plain(entry.css_first(".body .info")),
            plain(entry.css_first(".body .details_entry")),
        )
        for entry in LexborHTMLParser(data).css(".entry_list .entry")
    ]


def _entry(href: str, name: str, chat_type: str, count: str) -> Entry:
    name = unicodedata.normalize("NFC", name)
    return Entry(folder=_folder(href), name=name, chat_type=chat_type, count=count)


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
