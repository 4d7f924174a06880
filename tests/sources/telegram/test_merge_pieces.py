"""Any chat, exported in any overlapping pieces."""

from random import Random
from typing import NamedTuple

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from sources._conversation import Tally
from sources.records import Item, Message, Summary
from sources.telegram.head import head_of
from sources.telegram.identity import key_of
from tests.reading import Read, Reading, merge, source


def merged(*reads: Read) -> Reading:
    return merge(source("telegram"), reads)


class Piece(NamedTuple):
    start: int
    end: int
    edited: frozenset[int]


@st.composite
def pieces(draw: st.DrawFn) -> list[Piece]:
    """Ranges that overlap by three messages or more, later ones with edits."""
    found = [Piece(1, draw(st.integers(8, 20)), frozenset())]
    for _ in range(draw(st.integers(1, 5))):
        begun, reach = min(p.start for p in found), max(p.end for p in found)
        start = draw(st.integers(begun, reach - 5))
        end = draw(st.integers(start + 5, reach + 15))
        edited = draw(st.integers(0, 2))
        # Every third message at most: people edit, but not most of what they say.
        changed = frozenset(n for n in range(start, end) if n % 6 == edited)
        found.append(Piece(start, end, changed))
    return found


def reading_of(number: int, piece: Piece) -> Read:
    messages = [
        Message(
            author="Ada",
            text=f"text {n}" + f", edited {number}" * (n in piece.edited),
            timestamp=f"2024-03-05T10:{n // 60:02}:{n % 60:02}Z",
            message_id=str(n),
            message_type="regular",
            is_service=False,
        )
        for n in range(piece.start, piece.end)
    ]
    tally = Tally()
    tally.add(messages)
    archive = f"ChatExport_2024-04-{number + 1:02}"
    title = f"Acme {'abcdef'[number]}"
    summary = Summary(
        key=key_of(messages[0], title, None),
        kind="telegram_chats",
        source="telegram",
        archive=archive,
        title=title,
        records=len(messages),
        version=(archive[-10:], tally.last or ""),
    )
    return Read(Item(summary=summary, head=head_of(tally, title, None, archive)), messages)


@settings(max_examples=60, deadline=None)
@given(pieces(), st.randoms(use_true_random=False))
def test_pieces_of_a_chat_make_the_union_with_the_newest_versions(
    cut: list[Piece], random: Random
) -> None:
    reads = [reading_of(number, piece) for number, piece in enumerate(cut)]
    newest = {message.message_id: message for read in reads for message in read.messages}
    expected = [newest[number] for number in sorted(newest, key=int)]
    together = merged(*reads)
    (item,) = together.items
    assert item.messages == expected
    assert item.summary.key == reads[0].summary.key
    assert together.account.duplicate == sum(len(r.messages) for r in reads) - len(expected)
    shuffled = random.sample(reads, len(reads))
    assert merged(*shuffled) == together
    elsewhere = msgspec.structs.replace(item.summary, archive="merged")
    (again,) = merged(Read(Item(summary=elsewhere, head=item.head), item.messages), *reads).items
    assert again.messages == expected
    assert again.summary.key == item.summary.key
