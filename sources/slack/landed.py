"""One conversation as Slack's API told it: what its segments say, folded.

Of several answers about a message the last one counts. An answer that lists a stretch of
time, or a thread to its end, also says what is not there any more: a message that was
listed before, and is in no such list since, was deleted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import orjson

from sources._conversation import RUN
from sources.errors import ArchiveError, Damaged
from sources.live.segments import REMEDY, Said, missing, number_of, segments
from sources.protocol import Problem
from sources.records import Message
from sources.slack.arrays import without_tokens
from sources.slack.count import listed, survey
from sources.slack.moment import Moment, moment
from sources.slack.parse import Reason
from sources.slack.reading import Reading
from sources.slack.windows import unfinished


class _Entry(msgspec.Struct):
    ts: Any = None


class _Metadata(msgspec.Struct):
    next_cursor: str | None = None


class _Answer(msgspec.Struct):
    messages: list[msgspec.Raw] | None = None
    has_more: Any = None
    is_limited: Any = None
    response_metadata: _Metadata | None = None


_DAY = 86400
_answer = msgspec.json.Decoder(_Answer).decode
_entry = msgspec.json.Decoder(_Entry).decode


class Fold:
    """What a conversation's answers come to, given in the order in which they were made.

    ``messages`` holds the last that was said under each ``ts``; ``odd`` what has none;
    ``repeated`` counts what was said again.
    """

    def __init__(self) -> None:
        self.messages: dict[str, bytes] = {}
        self.odd: list[bytes] = []
        self.repeated = 0
        self._history: dict[int, dict[str, Moment]] = defaultdict(dict)
        """By day, or every page would be held against all the others."""
        self._threads: dict[str, set[str]] = {}
        self._open: dict[str, set[str]] = {}

    def take(self, said: Said) -> None:
        """Take one answer into account."""
        answer = _answer(without_tokens(said.raw))
        stamps = [ts for raw in answer.messages or () if (ts := self._message(bytes(raw)))]
        if said.asked.get("method") == "conversations.replies":
            self._thread(said.asked, answer, stamps)
        else:
            self._stretch(said.asked, answer, stamps)

    def lose(self) -> None:
        """An answer is missing: a list that was being told has a hole."""
        self._open.clear()

    def deleted(self) -> set[str]:
        """The messages that are not listed any more."""
        there = set[str]().union(*self._history.values(), *self._threads.values())
        return self.messages.keys() - there

    def _message(self, raw: bytes) -> str:
        try:
            ts = _entry(raw).ts
        except msgspec.DecodeError:
            ts = None
        if not isinstance(ts, str) or moment(ts) is None:
            self.odd.append(raw)
            return ""
        self.repeated += ts in self.messages
        self.messages[ts] = raw
        return ts

    def _stretch(self, asked: Mapping[str, Any], answer: _Answer, stamps: list[str]) -> None:
        """History, which lists all that is in a stretch of time but replies."""
        told = {ts: _moment(ts) for ts in stamps}
        more = answer.has_more or _next(answer)
        top = _moment(asked.get("latest"), (10**12, 0))
        bottom = _moment(asked.get("oldest"))
        if more:
            bottom = min(told.values(), default=top)
        if not answer.is_limited:  # a free workspace hides what is old; it is still there
            days = range(bottom[0] // _DAY, top[0] // _DAY + 1)
            for listed_before in [self._history[day] for day in self._history if day in days]:
                for ts, when in list(listed_before.items()):
                    if bottom < when < top and ts not in told:
                        del listed_before[ts]
        for ts, when in told.items():
            self._history[when[0] // _DAY][ts] = when

    def _thread(self, asked: Mapping[str, Any], answer: _Answer, stamps: list[str]) -> None:
        """Replies, which are all of a thread's once the last page of them is told."""
        thread = str(asked.get("ts"))
        if not asked.get("cursor"):
            self._open[thread] = set()
        if thread in self._open:
            self._open[thread].update(stamps)
        replies = self._threads.setdefault(thread, set())
        replies.update(stamps)
        if not _next(answer):
            replies &= self._open.pop(thread, replies)


class Landed(Reading):
    """Reads the segments of one conversation as `Reading` reads day files."""

    again = "Run fetch with --full; if it stays, report it."

    def stream(self) -> Iterator[list[Message] | Problem]:
        fold = Fold()
        cursor: Mapping[str, Any] = {}
        last = 0
        for file, segment in zip(self._files, segments(self._tree, self._files), strict=True):
            if number_of(file.path) != last + 1:
                fold.lose()
            last = number_of(file.path)
            if isinstance(segment, ArchiveError):
                fold.lose()
                self._findings["unreadable_file"] += 1
                yield Problem.of(segment)
                continue
            for said in segment.said:
                self._found += listed(said.raw)
                fold.take(said)
            cursor = segment.cursor
        for path in missing(self._files, cursor.get("anew", 1)):
            self._findings["unreadable_file"] += 1
            yield Problem.of(Damaged(self._tree.display(path), "it is missing", REMEDY))
        self._findings["unfinished_fetch"] += unfinished(cursor)
        self._duplicate += fold.repeated
        yield from self._folded(fold)

    def _folded(self, fold: Fold) -> Iterator[list[Message] | Problem]:
        order = sorted(fold.messages, key=lambda ts: (_moment(ts), ts))
        runs = [order[start : start + RUN] for start in range(0, len(order), RUN)]
        for run in runs:
            known = survey(b"[" + b",".join(fold.messages[ts] for ts in run) + b"]")
            if known is not None:
                self._names.learn(known.profiles)
                self._threads.expect(known.threads)
        malformed: Counter[Reason] = Counter()
        deleted = fold.deleted()
        rows: list[Message] = []
        self._entries([orjson.loads(raw) for raw in fold.odd], rows, malformed)
        for run in runs:
            self._entries([orjson.loads(fold.messages[ts]) for ts in run], rows, malformed)
            messages = [_marked(message, deleted) for message in rows]
            self._accepted += len(messages)
            self._threads.take(messages)
            self.hosts.take(messages)
            if messages:
                yield messages
            rows = []
        if malformed:
            read = len(order) + len(fold.odd)
            yield self._malformed(self._files[0].path.rpartition("/")[0], read, malformed)


def _next(answer: _Answer) -> str:
    return (answer.response_metadata and answer.response_metadata.next_cursor) or ""


def _marked(message: Message, deleted: set[str]) -> Message:
    if message.message_id in deleted and not message.deleted:
        return msgspec.structs.replace(message, deleted=True)
    return message


def _moment(ts: object, missing: Moment = (-1, 0)) -> Moment:
    return moment(ts) or missing
