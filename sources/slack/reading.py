"""One conversation, read day file by day file in the order of its messages.

Day files are named for days of US Pacific time, or of another zone by other producers,
so a name says nothing about time. Each file is surveyed first; files whose times
overlap are read together and sorted, all others one at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sources._archive import File, Tree
from sources._conversation import RUN
from sources.errors import ArchiveError
from sources.protocol import Account, Problem
from sources.records import Finding, Message
from sources.slack.arrays import TOO_DEEP, Array, decode, plain, without_tokens
from sources.slack.count import Survey, scan, survey, threads
from sources.slack.fields import mapping, string
from sources.slack.hosts import Hosts
from sources.slack.moment import Moment, moment, utc
from sources.slack.parse import MALFORMED, Reason, names_told, parse
from sources.slack.participants import Participants
from sources.slack.people import Names, in_profile
from sources.slack.pieces import pieces
from sources.slack.threads import Threads
from sources.slack.versions import contradict, version

_KEEP_BYTES = 8 * 2**20
"""Day files of a conversation up to this size are read from the disk once."""


class _Day(NamedTuple):
    file: File
    survey: Survey
    data: bytes | None


class Reading:
    """Reads the day files of one conversation; what it learnt stands in its attributes
    once `stream` is exhausted.
    """

    again = "Export this conversation again."
    """What to do about what cannot be used."""

    def __init__(self, tree: Tree, files: tuple[File, ...], names: Names) -> None:
        self.people = Participants(names)
        self.hosts = Hosts()
        self.names_told: dict[str, None] = {}
        self.info: Mapping[str, object] = {}
        self.newest = ""
        self._tree = tree
        self._files = files
        self._names = names
        self._ignored: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()
        self._threads = Threads()
        self._found = self._accepted = self._duplicate = self._quarantined = 0

    def stream(self) -> Iterator[list[Message] | Problem]:
        """Messages in ascending time, each once, and what could not be read."""
        keep = sum(file.size for file in self._files) <= _KEEP_BYTES
        days: list[_Day] = []
        for file in self._files:
            data = self._bytes(file)
            if isinstance(data, Problem):
                yield data
                continue
            found = self._survey(data)
            self._found += found.found
            self._names.learn(found.profiles)
            self._threads.expect(found.threads)
            found = Survey(found.found, found.first, found.last)
            days.append(_Day(file, found, data if keep else None))
        for group in _overlapping(days):
            yield from self._group(group)

    @property
    def account(self) -> Account:
        """What became of every entry."""
        return Account(
            found=self._found,
            accepted=self._accepted,
            duplicate=self._duplicate,
            ignored=dict(sorted(self._ignored.items())),
            quarantined=self._quarantined,
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader of the messages should know."""
        told = (
            Finding(kind=kind, detail=_DETAILS[kind], count=count)
            for kind, count in sorted(self._findings.items())
            if count
        )
        return (*told, *self._threads.findings)

    def _bytes(self, file: File) -> bytes | Problem:
        try:
            return without_tokens(plain(self._tree.read(file.path)))
        except ArchiveError as error:
            self._findings["unreadable_file"] += 1
            return Problem.of(error)

    def _survey(self, data: bytes) -> Survey:
        found = survey(data)
        if found is not None:
            return found
        entries = [mapping(entry) for entry in decode(data).entries]
        moments = [when for entry in entries if (when := moment(entry.get("ts")))]
        profiles = {
            string(entry.get("user")): in_profile(mapping(entry["user_profile"]))
            for entry in entries
            if "user_profile" in entry
        }
        replies = threads((entry.get("ts"), entry.get("thread_ts")) for entry in entries)
        first, last = min(moments, default=None), max(moments, default=None)
        return Survey(scan(data), first, last, profiles, replies)

    def _group(self, days: list[_Day]) -> Iterator[list[Message] | Problem]:
        rows: list[Message] = []
        for day in days:
            data = self._bytes(day.file) if day.data is None else day.data
            if isinstance(data, Problem):
                self._quarantined += day.survey.found
                yield data
                continue
            yield from self._day(day, pieces(data), rows)
        messages = self._once(rows)
        self._accepted += len(messages)
        self._threads.take(messages)
        self.hosts.take(messages)
        for start in range(0, len(messages), RUN):
            yield messages[start : start + RUN]

    def _day(self, day: _Day, arrays: Iterable[Array], rows: list[Message]) -> Iterator[Problem]:
        malformed: Counter[Reason] = Counter()
        read = 0
        whole = Array([])
        for array in arrays:
            self.info = array.info or self.info
            read += len(array.entries)
            if array.damage or array.repaired:
                whole = array._replace(repaired=array.repaired or whole.repaired)
            self._entries(array.entries, rows, malformed)
        yield from self._problems(day, whole, read, malformed)

    def _entries(
        self, entries: list[object], rows: list[Message], malformed: Counter[Reason]
    ) -> None:
        names, people, latest = self._names, self.people, self.newest
        for entry in entries:
            message = parse(entry, names)
            if isinstance(message, Message):
                rows.append(message)
                raw = mapping(entry)
                if message.author_id not in people.settled:
                    people.meet(message.author_id or "", message.author or "", raw)
                latest = max(message.timestamp or "", message.edited_at or "", latest)
                if "latest_reply" in raw:
                    latest = max(utc(raw["latest_reply"]) or "", latest)
                if message.is_service:
                    self.names_told.update((name, None) for name in names_told(raw) if name)
            elif message in MALFORMED:
                malformed[message] += 1
            else:
                self._ignored[message] += 1
        self.newest = latest

    def _problems(
        self, day: _Day, array: Array, read: int, malformed: Counter[Reason]
    ) -> Iterator[Problem]:
        path = self._tree.display(day.file.path)
        if array.repaired and read:
            self._findings["repaired_text"] += 1
        if malformed:
            yield self._malformed(path, read, malformed)
        lost = max(day.survey.found - read, 0)
        if array.damage or lost:
            self._quarantined += lost
            self._findings["truncated_file" if read else "unreadable_file"] += 1
            yield Problem(
                path=path,
                reason="truncated" if array.cut else "damaged",
                detail=f"{array.damage or 'not all of it could be read'}; "
                f"{read} entries before that were kept",
                remedy=self.again,
                found=lost,
            )

    def _malformed(self, path: str, read: int, malformed: Counter[Reason]) -> Problem:
        bad = malformed.total()
        self._quarantined += bad
        detail = f"{bad} of {read} entries are no messages ({_said(malformed)})"
        return Problem(path=path, reason="malformed", detail=detail, remedy=self.again, found=bad)

    def _once(self, rows: list[Message]) -> list[Message]:
        """Messages in order; of two with one ts the one edited last."""
        rows.sort(key=_order)
        messages: list[Message] = []
        for message in rows:
            if not messages or messages[-1].message_id != message.message_id:
                messages.append(message)
                continue
            kept = messages[-1]
            if contradict(kept, message):
                self._ignored["contradicting_ts"] += 1
            else:
                self._duplicate += 1
            if (kept.author_id, kept.text) != (message.author_id, message.text):
                self._findings["conflicting_versions"] += 1
            if version(message) > version(kept):
                messages[-1] = message
        return messages


def _overlapping(days: Iterable[_Day]) -> Iterator[list[_Day]]:
    """Days in order of time, those together whose times overlap."""
    group: list[_Day] = []
    last: Moment = (-1, 0)
    for day in sorted(days, key=lambda day: day.survey.first or (-1, 0)):
        first = day.survey.first or (-1, 0)
        if group and first > last:
            yield group
            group = []
        group.append(day)
        last = max(last, day.survey.last or last)
    if group:
        yield group


def _order(message: Message) -> tuple[str, str]:
    return message.timestamp or "", message.message_id


def _said(reasons: Counter[Reason]) -> str:
    words = {"not_an_object": "not an object", "too_deep": TOO_DEEP, "bad_ts": "ts is no time"}
    return ", ".join(f"{words[reason]}: {count}" for reason, count in sorted(reasons.items()))


_DETAILS = {
    "conflicting_versions": "messages stand in the export twice with different content; "
    "the one edited last was kept",
    "repaired_text": "day files hold bytes that are no text; they were replaced by U+FFFD",
    "truncated_file": "day files are broken; messages before the break were kept",
    "unfinished_fetch": "the API was not asked for all of it yet; the next fetch goes on",
    "unreadable_file": "files could not be read; their messages are missing",
}
