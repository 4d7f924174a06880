"""One message as several readings have it: the newest version, completed by the others.

Pages and JSON each know what the other does not, and so do old and new exports. What
never changes about a message (who sent it, when, what it answers) is taken from whoever
tells it; what people change (words, pictures, reactions) only from a version with the
same words, or from the other form of the same export.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

import msgspec

from sources.records import Media, Message
from sources.telegram.json_fields import DELETED
from sources.telegram.kinship import Reading

_Changes = dict[str, object]

_LASTING = ("author", "signature", "via_bot", "subtype", "targets")
"""What never changes about a message: when it is missing, it was not told."""
_PASSING = ("media", "links", "mentions", "buttons", "reactions")
"""What may have been taken away, if it is missing in a newer export."""
_OF_MEDIA = (
    *("title", "description", "status", "url", "mime_type", "size", "duration_seconds"),
    *("options", "votes"),
)
_PLACE = itemgetter(0, 1)
_OF_FILES = ("path", "missing")


class Version(NamedTuple):
    """A message, and whose reading it is of."""

    message: Message
    reading: Reading


class Made(NamedTuple):
    """A message made of so many versions, and whose words and times it has.

    ``differ`` says that the readings print different times and none knows the true one.
    """

    message: Message
    words: Reading
    times: tuple[Reading, ...]
    versions: int = 1
    differ: bool = False


def united(readings: Sequence[Reading]) -> Iterator[Made]:
    """Every message of these readings, which come oldest first, by ascending id."""
    alone = [(reading,) for reading in readings]
    streams = [_ranked(reading, -rank) for rank, reading in enumerate(readings)]
    last: int | None = None
    held: list[tuple[int, int, Message]] = []
    for entry in heapq.merge(*streams, key=_PLACE):
        if entry[0] != last:
            if len(held) == 1:
                _, rank, message = held[0]
                yield Made(message, readings[-rank], alone[-rank])
            elif held:
                yield made_of([Version(message, readings[-rank]) for _, rank, message in held])
            last, held = entry[0], []
        held.append(entry)
    if held:
        yield made_of([Version(message, readings[-rank]) for _, rank, message in held])


def _ranked(reading: Reading, rank: int) -> Iterator[tuple[int, int, Message]]:
    for message in reading.messages():
        yield int(message.message_id), rank, message


def made_of(versions: Sequence[Version]) -> Made:
    """The message that its versions, newest first, make together."""
    best = _best(versions)
    timed = _timed(best, versions)
    others = [version for version in versions if version.message != best.message]
    if not others:
        return Made(best.message, best.reading, (timed.reading,), len(versions))
    times = [timed.reading]
    message = _moved(best.message, timed.message.timestamp, _shift(best.message, timed.message))
    for version in others:
        told = message.forwarded_at
        shift = _shift(version.message, timed.message)
        is_one_export = version.reading.summary.archive == best.reading.summary.archive
        message = _completed(message, version.message, shift, is_one_export=is_one_export)
        if message.forwarded_at != told and version.reading is not timed.reading:
            times.append(version.reading)
    differ = not timed.reading.is_sure and any(
        _shift(version.message, timed.message) for version in versions
    )
    return Made(message, best.reading, tuple(times), len(versions), differ)


def _best(versions: Sequence[Version]) -> Version:
    """The newest, if it says anything. What happened in a chat (a service message) nobody
    edits: there the one that knows ids is the better.
    """
    told = [version for version in versions if version.message.subtype != "unsupported"]
    if not told:
        return versions[0]
    if told[0].message.is_service:
        return next((version for version in told if version.reading.vendor_ids), told[0])
    return told[0]


def _timed(best: Version, versions: Sequence[Version]) -> Version:
    """The version with the true time, as far as any has one."""
    timed = [version for version in (best, *versions) if version.message.timestamp]
    sure = (version for version in timed if version.reading.is_sure)
    return next(sure, timed[0] if timed else best)


def _shift(message: Message, other: Message) -> timedelta:
    """By how much the clock of the other is ahead."""
    if not message.timestamp or not other.timestamp or message.timestamp == other.timestamp:
        return timedelta()
    return _time(other.timestamp) - _time(message.timestamp)


def _moved(message: Message, timestamp: str | None, shift: timedelta) -> Message:
    """The message at that time, and its other times by the same clock."""
    if timestamp == message.timestamp:
        return message
    return msgspec.structs.replace(
        message,
        timestamp=timestamp,
        date=None,
        forwarded_at=_later(message.forwarded_at, shift),
        edited_at=_later(message.edited_at, shift),
    )


def _completed(
    message: Message, other: Message, shift: timedelta, *, is_one_export: bool
) -> Message:
    """The message with what only the other tells; times of that are moved by ``shift``."""
    if message.is_service != other.is_service or other.subtype == "unsupported":
        return message
    changes = _lasting(message, other, shift)
    if is_one_export:
        changes |= {name: getattr(other, name) for name in _PASSING}
    if message.text == other.text:
        changes["edited_at"] = _later(other.edited_at, shift)
        changes["mention_ids"] = other.mention_ids
    new = {name: value for name, value in changes.items() if value and not getattr(message, name)}
    if message.media and len(message.media) == len(other.media):
        pairs = zip(message.media, other.media, strict=True)
        new["media"] = tuple(_media(one, two, is_one_export=is_one_export) for one, two in pairs)
    if message.author == DELETED and other.author and other.forwarded_from is None:
        new["author"] = other.author  # who has left since
    return msgspec.structs.replace(message, **new) if new else message


def _lasting(message: Message, other: Message, shift: timedelta) -> _Changes:
    """What the other says that never changes.

    In the user's own notes pages print a forward under the name of its first author, as no
    forward at all: nothing is taken from somebody else's message that was forwarded.
    """
    changes: _Changes = {name: getattr(other, name) for name in _LASTING}
    if message.timestamp is None:
        changes["date"] = other.date
    if not message.reply_elsewhere and message.reply_to is None:
        changes |= {"reply_to": other.reply_to, "reply_elsewhere": other.reply_elsewhere}
    if message.author in {None, other.author} or other.forwarded_from is None:
        changes["author_id"] = other.author_id
    if message.author in {None, other.author} or message.forwarded_from is not None:
        changes["forwarded_from"] = other.forwarded_from
        changes["forwarded_at"] = _later(other.forwarded_at, shift)
    return changes


def _media(one: Media, other: Media, *, is_one_export: bool) -> Media:
    """What is attached, with what only the other tells of the same thing."""
    names = [name for name in _OF_MEDIA if getattr(other, name)]
    if one == other or one.kind != other.kind:
        return one
    if not is_one_export and any(
        getattr(one, name) not in (None, (), getattr(other, name)) for name in names
    ):
        return one
    if is_one_export and one.path is None and one.missing is None:
        names += _OF_FILES
    new = {name: getattr(other, name) for name in names if not getattr(one, name)}
    return msgspec.structs.replace(one, **new) if new else one


def _later(moment: str | None, shift: timedelta) -> str | None:
    if moment is None or not shift:
        return moment
    try:
        return f"{(_time(moment) + shift).isoformat()}Z"
    except OverflowError:
        return moment


def _time(moment: str) -> datetime:
    return datetime.fromisoformat(moment[:19])
