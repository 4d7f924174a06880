"""What each reading gave to the chat they make, and so which of their findings are its own.

Of a message that several exports hold one version is kept: only what its reading found about
it is true of the chat, and it counts once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from sources.records import Finding
from sources.telegram.findings import finding
from sources.telegram.kinship import Reading
from sources.telegram.versions import Made

_HALF = {"half_conversation", "perhaps_half"}
_ONCE = {*_HALF, "saved_messages", "not_listed", "mixed_folder"}
"""True of the chat or not, however many exports say so."""
_OF_MERGING = {"merged", "zones_differ", "same_title", "begins_alike"}
"""Said of what a merge made, and said anew of what this one makes."""
_OF_TIMES = {"zone_assumed_utc", "offset_is_standard_time", "zone_from_settings", "zone_differs"}
_OF_MESSAGES = {
    *("origin_unknown", "unknown_markup", "wild_markup", "escapes_repaired"),
    *("text_damaged", "encoding_guessed", "out_of_order"),
}


class Shares:
    """Takes note of every message of the chat as it is made."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._readings = readings
        self._words = {id(reading): 0 for reading in readings}
        self._times = {id(reading): 0 for reading in readings}
        self._unknown = {"author_unknown": 0, "time_unreadable": 0}
        self._differing = 0
        self._shared = 0
        self.duplicate = 0

    def take(self, made: Made) -> None:
        """Take note of one more message."""
        message = made.message
        self._words[id(made.words)] += 1
        if message.timestamp or message.forwarded_at:
            for reading in made.times:
                self._times[id(reading)] += 1
        if not message.is_service:
            self._unknown["author_unknown"] += message.author is None
            self._unknown["time_unreadable"] += message.timestamp is None
        if made.versions > 1:
            self._differing += made.differ
            self._shared += 1
            self.duplicate += made.versions - 1

    def findings(self, aliases: int) -> Iterator[Finding]:
        """What is to be said of the chat, which has so many other names."""
        counts: Counter[str] = Counter()
        for reading in self._readings:
            for found in reading.summary.findings:
                if found.kind not in _OF_MERGING:
                    counts[found.kind] += self._true_of(reading, found)
        for kind in _ONCE & counts.keys():
            counts[kind] = min(counts[kind], 1)
        for kind, most in (*self._unknown.items(), ("titles_differ", aliases)):
            counts[kind] = min(counts[kind], most)
        if counts["half_conversation"]:
            del counts["perhaps_half"]
        yield from (finding(kind, counts[kind]) for kind in sorted(counts) if counts[kind])
        detail = (
            f"Put together from {len(self._readings)} exports; "
            f"{self._shared} messages stood in more than one of them."
        )
        yield Finding(kind="merged", detail=detail, count=len(self._readings))
        if self._differing:
            yield finding("zones_differ", self._differing)

    def _true_of(self, reading: Reading, found: Finding) -> int:
        """How much of what was found in a reading is true of the chat."""
        if found.kind in _HALF:
            return int(not any(_has_other_half(other, reading) for other in self._readings))
        if found.kind == "saved_messages":
            return 1
        if found.kind in _OF_TIMES:
            return min(found.count, self._times[id(reading)])
        if found.kind in _OF_MESSAGES:
            return min(found.count, self._words[id(reading)])
        return found.count if self._words[id(reading)] else 0


def _has_other_half(reading: Reading, half: Reading) -> bool:
    """Whether a reading reaches as far as one of half the conversation, and holds more."""
    ids, held = reading.columns.ids, half.columns.ids
    if not held or any(found.kind in _HALF for found in reading.summary.findings):
        return False
    first, last = bisect_left(ids, held[0]), bisect_right(ids, held[-1])
    reaches = bool(ids) and ids[0] <= held[0] and held[-1] <= ids[-1]
    return reaches and last - first > len(held)
