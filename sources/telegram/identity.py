"""What makes two readings the same chat, as far as one of them can tell by itself.

HTML holds no id of a chat, and ``chat_N`` is only a position in one export. What stays
is how a conversation begins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b

from sources.records import Message

_ISO = re.compile(r"_(\d{4})-(\d\d)-(\d\d)(?!\d)", re.ASCII)
_DAY_FIRST = re.compile(r"_(\d\d)_(\d\d)_(\d{4})(?!\d)", re.ASCII)  # before 2.3.0 (July 2020)
_NOBODY = {"deleted account", "deleted group", "deleted channel", ""}


def key_of(first: Message | None, title: str, chat_type: str | None) -> str:
    """The chat's key: by its first message, or by title and type when it has none."""
    if first is None:
        parts = ["empty", normalised(title), chat_type or ""]
    else:
        parts = [first.message_id, first.timestamp or first.date or "", first.text]
    digest = blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8)
    return f"telegram:{digest.hexdigest()}"


def identity_of(titles: Iterable[str]) -> tuple[str, ...]:
    """Tokens under which other readings may be the same chat.

    All deleted people share one name: it is nobody's.
    """
    names = sorted({normalised(title) for title in titles} - _NOBODY)
    return tuple(f"telegram:title:{name}" for name in names)


def normalised(title: str) -> str:
    """A title for comparing: composed, without case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", title).casefold().split())


def export_date(archive: str) -> str:
    """The day an export's folder, or zip, is named after; empty when it is not."""
    name = [part for part in re.split(r"[/!]", archive) if part]
    if not name:
        return ""
    if match := _ISO.search(name[-1]):
        return "-".join(match.groups())
    if match := _DAY_FIRST.search(name[-1]):
        return "-".join(reversed(match.groups()))
    return ""
