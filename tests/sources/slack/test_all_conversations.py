"""A small export with all kinds of conversations, and the records it must become.

After a change that is meant, write the expectation anew with
``python -m tests.sources.slack.test_all_conversations`` and read the difference.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.sources.slack.writing import read_export

CASE = Path(__file__).parents[2] / "data/slack/all_conversations"
EXPECTED = CASE / "expected.jsonl"


def records() -> bytes:
    """Every item with its messages, and what became of the rest, a line each."""
    reading = read_export(CASE)
    lines: list[object] = []
    for read in reading.items:
        lines += [read.summary, read.head, *read.messages]
    lines += [*reading.ignored, *reading.problems, reading.account]
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def test_export_becomes_the_expected_records() -> None:
    assert records().splitlines() == EXPECTED.read_bytes().splitlines()


if __name__ == "__main__":
    EXPECTED.write_bytes(records())
