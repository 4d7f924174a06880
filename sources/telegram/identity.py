"""What makes two readings the same chat, as far as one of them can tell by itself.

HTML holds no id of a chat, and ``chat_N`` is only a position in one export. What stays
is how a conversation begins, and what was said in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from zlib import crc32

from sources.records import Message

VENDOR_ID = "telegram:id:"
"""Begins the token of a chat whose id the export tells."""

_TELLING = 4
"""Letters that a title must have for another that holds it to be the same, written to."""
_ISO = re.compile(r"_(\d{4})-(\d\d)-(\d\d)(?!\d)", re.ASCII)
_DAY_FIRST = re.compile(r"_(\d\d)_(\d\d)_(\d{4})(?!\d)", re.ASCII)  # before 2.3.0 (July 2020)
_NOBODY = {"deleted account", "deleted group", "deleted channel", ""}

# What people add to a title to tell the exports of one chat apart: "(2021)", "2021-05".
_YEAR = r"(?:19|20)[0-9][0-9]"
_DATED = re.compile(
    rf"(?<=[^\W_])[\W_]+(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\W_]+)?"
    rf"{_YEAR}(?:\W(?:0[1-9]|1[0-2])(?:\W[0-3]\d)?)?[\W_]*\Z"
)

_ASCII_REST = re.compile(r"[^a-z0-9$+^`~=]+")

_FIRST = 1
_LAST = 3
_NEAR_ENDS = 8
_SPREAD = 128
_STEPS = tuple(2**zeros for zeros in range(3, 63))
_HELD = 2048
"""So many multiples are held before some of them are chosen."""


def key_of(first: Message | None, title: str, chat_type: str | None) -> str:
    """The chat's key: by its first message, or by title and type when it has none."""
    if first is None:
        parts = ["empty", normalised(title), chat_type or ""]
    else:
        parts = [first.message_id, first.timestamp or first.date or "", first.text]
    data = "\0".join(parts).encode("utf-8", "surrogatepass")
    return f"telegram:{blake2b(data, digest_size=8).hexdigest()}"


def identity_of(titles: Iterable[str]) -> tuple[str, ...]:
    """Tokens of names under which other readings may be the same chat.

    All deleted people share one name: it is nobody's.
    """
    names = {loose(title) for title in titles if normalised(title) not in _NOBODY}
    return tuple(f"telegram:title:{name}" for name in sorted(names))


def normalised(title: str) -> str:
    """A title for comparing: composed, without case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", title).casefold().split())


def loose(title: str) -> str:
    """A title without what people retouch in it: case, spaces, punctuation, a date at the end.

    Other numbers stay: "Support 1" is not "Support 2".
    """
    plain = normalised(title)
    undated = _DATED.sub("", plain) if "19" in plain or "20" in plain else plain
    return _letters(undated) or _letters(plain) or plain


def retouched(title: str, other: str) -> bool:
    """Whether one title of a folder's pages may be the other with something written to it:
    "Support", "SUPPORT - page 2".
    """
    shorter, longer = sorted((loose(title), loose(other)), key=len)
    return shorter == longer or (len(shorter) >= _TELLING and shorter in longer)


@lru_cache(maxsize=64)
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


class Sample:
    """Messages by which a reading that overlaps this one is met, whatever its title.

    Ids and what they stand for are the same in every export, so both readings choose by
    id: multiples of 8, of 16, of 32 ..., of each the first and the last few. Where one
    reading ends in the middle of the other, they share some however long they are. For a
    reading that lies within another, some are spread over the whole; and the very first
    and last ones find an overlap of a few messages.
    """

    def __init__(self) -> None:
        self._first: list[Message] = []
        self._last: list[Message] = []
        self._multiples: dict[int, Message] = {}
        self._distance = _STEPS[0]

    def take(self, numbers: Sequence[int], messages: Sequence[Message]) -> None:
        """Choose among these messages, with these ids, which come after those taken before."""
        if len(self._first) < _FIRST:
            self._first += messages[: _FIRST - len(self._first)]
        self._last = [*self._last, *messages[-_LAST:]][-_LAST:]
        for place in [place for place, number in enumerate(numbers) if not number % _STEPS[0]]:
            self._multiples[numbers[place]] = messages[place]
        if len(self._multiples) > _HELD:
            self._multiples = self._chosen()

    def tokens(self) -> tuple[str, ...]:
        """One token per message chosen."""
        chosen = (*self._first, *self._last, *self._chosen().values())
        return tuple(sorted({message.message_id: _token(message) for message in chosen}.values()))

    def _chosen(self) -> dict[int, Message]:
        """Of the multiples of every step those near the ends, of one step all."""
        chosen: set[int] = set()
        multiples = sorted(self._multiples)
        for step in _STEPS:
            multiples = [number for number in multiples if not number % step]
            if not multiples:
                break
            if step == self._distance and len(multiples) > _SPREAD:
                self._distance *= 2
            if step == self._distance:
                chosen.update(multiples)
            else:
                chosen.update(multiples[:_NEAR_ENDS], multiples[-_NEAR_ENDS:])
        return {number: self._multiples[number] for number in chosen}


def _token(message: Message) -> str:
    """What a message is known by in every export, printed in whatever zone."""
    time = message.timestamp
    if time is None:
        said = f"{message.date or ''}\0{message.text}"
    else:
        said = f"{time[:10]}\0{int(time[14:16]) % 30}:{time[17:19]}\0{message.text}"
    return f"telegram:m:{message.message_id}:{crc32(said.encode('utf-8', 'surrogatepass')):x}"


def _letters(text: str) -> str:
    """Without spaces, punctuation and control characters."""
    if text.isascii():
        return _ASCII_REST.sub("", text)
    kept = (c for c in text if unicodedata.category(c)[0] not in "PZC" and c not in "<>|")
    return "".join(kept)
