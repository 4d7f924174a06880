"""How tests read Telegram's exports, and what they ask of a chat."""

from __future__ import annotations

from pathlib import Path

from tests.reading import Read, Reading, read_archive, source


def read(folder: Path, **options: str) -> Reading:
    """All exports in a folder; everything found in them is accounted for."""
    reading = read_archive(source("telegram", **options), folder)
    assert reading.account.balanced
    return reading


def kinds(found: Read) -> dict[str, int]:
    """The findings on a chat, and how many each is about."""
    return {finding.kind: finding.count for finding in found.summary.findings}


def ids(found: Read) -> list[str]:
    """The ids of a chat's messages, in their order."""
    return [message.message_id for message in found.messages]
