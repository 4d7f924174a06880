"""What merging promises, by bytes, of any conversation and any readings of it.

- In whatever order readings come, the same items come of them.
- A reading that lies there twice changes nothing but the count of duplicates.
- However a conversation was cut into readings that overlap, all of it is made again; and in
  whatever steps. Where readings tell different things, nothing is promised of steps: what was
  merged is never merged again, but all readings at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources._conversation import Tally
from sources.records import Channel, Item, Media, Message, Reaction, Summary
from tests.faults.tally import number
from tests.reading import Read, Reading, ReadPart, source
from tests.sources.telegram import readings as telegram

pytestmark = pytest.mark.faults
laws = settings(max_examples=number(60, 1500), deadline=None)
randoms = st.integers(0, 2**32).map(Random)  # drawn one by one, a conversation takes a second
_Fields = dict[str, object]
DAY = "2024-03-05T10:00:{:02}.000000Z"
OVERLAP = 6
"""So many messages in common tell that two exports are of one chat: most have a time."""


@dataclass(frozen=True)
class Way:
    """How a source's conversation is made up: message ``n``, a version of it that another
    export has, and the export of some, made on that day.
    """

    source: str
    message: Callable[[Random, int], Message]
    changed: Callable[[Random, Message], Message]
    export: Callable[[Sequence[Message], int], Read]


def telegram_message(random: Random, which: int) -> Message:
    fields = _fields(random) | {
        "reply_to": random.choice([None, None, "1", "2"]),
        "forwarded_from": random.choice([None, None, "Cyd"]),
        "forwarded_at": random.choice([None, "2024-01-01T00:00:00Z"]),
        "subtype": random.choice([None, None, "unsupported"]),
        "via_bot": random.choice([None, "bot"]),
    }
    if which % 4 == 3:  # never so many that nothing else is in common
        event = {"author": fields["author"], "subtype": random.choice([None, "pinned"])}
        return telegram.happened(which, **event)
    return telegram.said(which, **fields)


def telegram_changed(random: Random, message: Message) -> Message:
    changes: list[_Fields] = [{"text": f"{message.text}, edited"}, {"author": "Deleted Account"}]
    return _changed(random, message, random.choice([*changes, {"via_bot": "bit"}]))


def telegram_export(messages: Sequence[Message], day: int) -> Read:
    """Every other one as JSON tells it, which knows the chat's id; and in a third the times are
    in doubt.
    """
    doubt = {"zone_assumed_utc": len(messages)} if day % 3 == 0 else {}
    archive = f"ChatExport_2024-04-{day:02}"
    return telegram.read(messages, archive, chat="channel7" * (day % 2), findings=doubt)


def slack_message(random: Random, which: int) -> Message:
    return Message(
        text=f"text {which}",
        timestamp=DAY.format(which),
        message_id=f"17096328{which:02}.000000",
        message_type="regular",
        is_service=False,
        **{**_fields(random), "author": "Ada", "author_id": "U0ADA"},  # type: ignore[arg-type]
    )


def slack_changed(random: Random, message: Message) -> Message:
    when = DAY.format(random.randrange(60))
    edited: _Fields = {"text": f"{message.text}, edited", "edited_at": when}
    return _changed(random, message, random.choice([edited, {"deleted": True}]))


def slack_export(messages: Sequence[Message], day: int) -> Read:
    tally = Tally()
    tally.add(messages)
    archive = f"export {day:02}"
    summary = Summary(
        key="slack:C0HALL",
        kind="slack_channels",
        source="slack",
        archive=archive,
        title="hall",
        records=len(messages),
        version=(f"2024-04-{day:02}", tally.last or ""),
    )
    head = Channel(
        **{**tally.fields(), "chat_name": "hall", "chat_type": None, "directory": archive},
        channel_id="C0HALL",
        name="hall",
        topic="",
        purpose="",
        is_ext_shared=False,
        is_private=False,
    )
    return Read(Item(summary=summary, head=head), [*messages])


WAYS = [
    Way("telegram", telegram_message, telegram_changed, telegram_export),
    Way("slack", slack_message, slack_changed, slack_export),
]
each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.source)


def _fields(random: Random) -> _Fields:
    photos = Media(kind="photo", path="a.jpg"), Media(kind="photo", missing="not included", size=3)
    return {
        "author": random.choice(["Ada", "Bel", "Cyd"]),
        "author_id": random.choice([None, "user1", "user2"]),
        "edited_at": random.choice([None, None, "2024-03-06T00:00:00Z"]),
        "media": random.choice([(), (), photos[:1], photos[1:], photos]),
        "reactions": random.choice([(), (), (Reaction(emoji="x", count=2),)]),
        "links": random.choice([(), (), ("https://acme.example",)]),
    }


def _changed(random: Random, message: Message, more: _Fields) -> Message:
    told = _fields(random)
    some = {name: told[name] for name in ("media", "reactions", "links") if random.random() < 0.5}
    return msgspec.structs.replace(message, **some, **(more if random.random() < 0.5 else {}))


def conversation(way: Way, random: Random) -> list[Message]:
    return [way.message(random, which) for which in range(1, random.randint(9, 24))]


def cut(whole: Sequence[Message], random: Random) -> list[Sequence[Message]]:
    """Stretches that cover it, each of which overlaps with one before it."""
    stretches = [(0, random.randint(OVERLAP, len(whole)))]
    while (end := max(end for _, end in stretches)) < len(whole) or random.random() < 0.5:
        begin = random.randint(0, end - OVERLAP)
        least = min(max(end + 1, begin + OVERLAP), len(whole))
        stretches.append((begin, random.randint(least, len(whole))))
    return [whole[begin:end] for begin, end in stretches]


def exports(way: Way, pieces: Sequence[Sequence[Message]], random: Random) -> list[Read]:
    days = random.sample(range(1, 31), len(pieces))
    return [way.export(piece, day) for piece, day in zip(pieces, days, strict=True)]


def differing(way: Way, random: Random) -> list[Read]:
    """Exports of a conversation in which one in six messages changed meanwhile."""
    pieces = [
        [way.changed(random, m) if random.random() < 1 / 6 else m for m in piece]
        for piece in cut(conversation(way, random), random)
    ]
    return exports(way, pieces, random)


def merged(way: Way, reads: Sequence[Read]) -> Reading:
    reading = Reading()
    parts = [ReadPart(read, read.summary.archive) for read in reads]
    reading.take(source(way.source).merge(parts))
    return reading


def whole_bytes(reading: Reading) -> list[bytes]:
    """All of what came of a merge."""
    items = [msgspec.json.encode((i.summary, i.head, i.messages)) for i in reading.items]
    return [*items, msgspec.json.encode(reading.account)]


def said_bytes(reading: Reading) -> list[bytes]:
    """The items, but for where they stood and what is told of the merge."""
    directory = {"directory": ""}
    return [
        msgspec.json.encode(
            (i.summary.key, msgspec.structs.replace(i.head, **directory), i.messages)
        )
        for i in reading.items
    ]


@each_way
@laws
@given(random=randoms)
def test_order_of_readings_changes_no_byte(way: Way, random: Random) -> None:
    reads = differing(way, random)
    expected = whole_bytes(merged(way, reads))
    for _ in range(3):
        assert whole_bytes(merged(way, random.sample(reads, len(reads)))) == expected


@each_way
@laws
@given(random=randoms)
def test_readings_that_lie_there_twice_change_no_byte(way: Way, random: Random) -> None:
    reads = differing(way, random)
    once = merged(way, reads)
    some = random.sample(reads, random.randint(1, len(reads)))
    twice = merged(way, [*reads, *(_elsewhere(read, random.choice("az")) for read in some)])
    assert said_bytes(twice) == said_bytes(once)
    more = sum(len(read.messages) for read in some)
    assert twice.account.duplicate - once.account.duplicate == more
    assert once.account.accepted - twice.account.accepted == more


def _elsewhere(read: Read, folder: str) -> Read:
    archive = f"{folder}/{read.summary.archive}"
    summary = msgspec.structs.replace(read.summary, archive=archive)
    return Read(Item(summary=summary, head=read.head), read.messages)


@each_way
@laws
@given(random=randoms)
def test_conversation_cut_anyhow_and_merged_in_any_steps_is_the_whole(
    way: Way, random: Random
) -> None:
    whole = conversation(way, random)
    reads = exports(way, cut(whole, random), random)
    expected = said_bytes(Reading(items=[way.export(whole, 1)]))
    assert said_bytes(merged(way, reads)) == expected
    while len(reads) > 1:  # some two that overlap, until one is left
        one, other = _neighbours(reads, random)
        (both,) = merged(way, [one, other]).items
        reads = [both, *(read for read in reads if read is not one and read is not other)]
    assert said_bytes(Reading(items=reads)) == expected


def _neighbours(reads: Sequence[Read], random: Random) -> tuple[Read, Read]:
    pairs = [
        (one, other)
        for one in reads
        for other in reads
        if one is not other and len(_ids(one) & _ids(other)) >= OVERLAP
    ]
    return random.choice(pairs)


def _ids(read: Read) -> set[str]:
    return {message.message_id for message in read.messages}
