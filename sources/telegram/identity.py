"""What makes two readings the same chat, as far as one of them can tell by itself.

HTML holds no id of a chat, and ``chat_N`` is only a position in one export. What stays
is how a conversation begins, and what was said in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from hashlib import blake2b

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
_STEP = 8
_NEAR_ENDS = 8
_SPREAD = 128


def key_of(first: Message | None, title: str, chat_type: str | None) -> str:
    """The chat's key: by its first message, or by title and type when it has none."""
    if first is None:
        parts = ["empty", normalised(title), chat_type or ""]
    else:
        parts = [first.message_id, first.timestamp or first.date or "", first.text]
    return f"telegram:{_digest(parts)}"


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
    return _letters(_DATED.sub("", plain)) or _letters(plain) or plain


def retouched(title: str, other: str) -> bool:
    """Whether one title of a folder's pages may be the other with something written to it:
    "Support", "SUPPORT - page 2".
    """
    shorter, longer = sorted((loose(title), loose(other)), key=len)
    return shorter == longer or (len(shorter) >= _TELLING and shorter in longer)


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
        self._last: deque[Message] = deque(maxlen=_LAST)
        self._starts: defaultdict[int, list[Message]] = defaultdict(list)
        self._ends: defaultdict[int, deque[Message]] = defaultdict(lambda: deque(maxlen=_NEAR_ENDS))
        self._spread: list[tuple[int, Message]] = []
        self._distance = _STEP

    def take(self, messages: Sequence[Message]) -> None:
        """Choose among these messages, which come after those taken before."""
        if len(self._first) < _FIRST:
            self._first += messages[: _FIRST - len(self._first)]
        self._last.extend(messages[-_LAST:])
        for message in messages:
            number = int(message.message_id)
            if number % _STEP == 0:
                self._keep(number, message)

    def tokens(self) -> tuple[str, ...]:
        """One token per message chosen."""
        chosen = [*self._first, *self._last, *(message for _, message in self._spread)]
        for some in (*self._starts.values(), *self._ends.values()):
            chosen += some
        return tuple(sorted({f"telegram:m:{_digest(_trace(message))}" for message in chosen}))

    def _keep(self, number: int, message: Message) -> None:
        # Of a number's binary zeros at the end, so many make it a multiple of 2 ** zeros.
        zeros = (number & -number).bit_length() - 1 if number else 63
        for level in range(3, zeros + 1):
            if len(self._starts[level]) < _NEAR_ENDS:
                self._starts[level].append(message)
            self._ends[level].append(message)
        if number % self._distance == 0:
            self._spread.append((number, message))
            if len(self._spread) > _SPREAD:
                self._distance *= 2
                self._spread = [kept for kept in self._spread if kept[0] % self._distance == 0]


def _trace(message: Message) -> list[str]:
    """What a message is known by in every export, printed in whatever zone."""
    time = message.timestamp
    if time is None:
        return [message.message_id, message.date or "", message.text]
    within_half_hour = f"{int(time[14:16]) % 30}:{time[17:19]}"
    return [message.message_id, time[:10], within_half_hour, message.text]


def _digest(parts: Iterable[str]) -> str:
    data = "\0".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(data, digest_size=8).hexdigest()


def _letters(text: str) -> str:
    """Without spaces, punctuation and control characters."""
    if text.isascii():
        return _ASCII_REST.sub("", text)
    kept = (c for c in text if unicodedata.category(c)[0] not in "PZC" and c not in "<>|")
    return "".join(kept)
