"""How a run checks itself at its end, cheaply: its accounts must come out even, and what was
written, counted in its bytes, must be what they say. The dear form is `etl.audit`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from etl.statistics import Statistics
from sources.protocol import Account
from sources.records import CONVERSATION_KINDS, KINDS, SOURCE_OF

# What names a field cannot stand within a text, where quotes are escaped.
_MESSAGE = b'"message_id":'
_said = re.compile(rb'"message_count":([0-9]+)').search
_SHOWN = 5


class Ledger:
    """What is written to the output, noted in passing."""

    def __init__(self) -> None:
        self.items: Counter[str] = Counter()
        self.differing: list[str] = []

    def note(self, kind: str, key: str, head: bytes, messages: int | None) -> None:
        """Note an item, with how many messages its bytes hold, if they were to be written."""
        self.items[kind] += 1
        if messages is not None:
            said = _said(head)
            if said is None or int(said[1]) != messages:
                should = int(said[1]) if said else 0
                self.differing.append(f"{key} has {messages} of {should}")


def messages_in(chunk: bytes) -> int:
    """How many messages these bytes of an output hold."""
    return chunk.count(_MESSAGE)


def disagreements(
    accounts: Mapping[str, Account], matched: Statistics, ledger: Ledger
) -> Iterator[str]:
    """What does not come out even, a sentence each."""
    for source, account in accounts.items():
        if not account.balanced:
            yield f"{source}: found {account.found}, and not so many are accounted for"
        held = sum(_held(matched, kind) for kind in KINDS if SOURCE_OF[kind] == source)
        should = account.accepted + account.expanded
        if held != should:
            yield f"{source}: {should} were accepted, and the items hold {held}"
    for kind in KINDS:
        if ledger.items[kind] != matched.places[kind]:
            text = f"{matched.places[kind]} belong in the output, {ledger.items[kind]} stand there"
            yield f"{kind}: {text}"
    if ledger.differing:
        some = ", ".join(ledger.differing[:_SHOWN])
        yield f"messages written are not as many as were counted: {some}"


def _held(matched: Statistics, kind: str) -> int:
    return matched.records[kind] if kind in CONVERSATION_KINDS else matched.items[kind]
