"""One chat: its pages in order, and the item they add up to.

Holds one page at a time, and of the messages read only ids.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from zlib import crc32

from sources._archive import File, Tree
from sources._conversation import Tally
from sources.errors import ArchiveError
from sources.protocol import Account, Problem, Unit, Yielded
from sources.records import Chat, Finding, Item, Message, Summary
from sources.telegram.clock import Clock
from sources.telegram.count import count_messages
from sources.telegram.discovery import foreign, page_number
from sources.telegram.findings import finding
from sources.telegram.identity import export_date, identity_of, key_of
from sources.telegram.lists import Entry
from sources.telegram.page import canonical, is_chat_page, parse_page
from sources.telegram.parsed import Page

_AGAIN = "Export the chat again."


class _Seen:
    """Ids met so far, each with a checksum of its moment. Ids normally ascend."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._marks = array("L")
        self._late: dict[int, int] = {}

    def check(self, message: Message) -> bool | None:
        """None for a new id; else whether it is the same message once more."""
        number = int(message.message_id)
        mark = crc32((message.timestamp or message.text).encode("utf-8", "surrogatepass"))
        if not self._ids or number > self._ids[-1]:
            self._ids.append(number)
            self._marks.append(mark)
            return None
        known = self._late.get(number)
        if known is None:
            place = bisect_left(self._ids, number)
            if self._ids[place] != number:
                self._late[number] = mark
                return None
            known = self._marks[place]
        return known == mark

    @property
    def out_of_order(self) -> int:
        return len(self._late)


class ChatReader:
    """Reads one unit."""

    def __init__(self, unit: Unit, tree: Tree, clock: Clock) -> None:
        self._unit = unit
        self._tree = tree
        self._clock = clock
        self._hints = dict(unit.hints)
        self._tally = Tally()
        self._seen = _Seen()
        self._notes: Counter[str] = Counter()
        self._titles: dict[str, None] = {}
        self._first: Message | None = None
        self._read: set[int] = set()
        self._pages = 0
        self._linked: set[int] = set()

    def read(self) -> Iterator[Yielded]:
        """Messages page by page, problems and accounts, at the end the item."""
        for file in self._unit.files:
            yield from self._file(file)
        if self._pages:
            yield self._item()

    def _file(self, file: File) -> Iterator[Yielded]:
        path = self._tree.display(file.path)
        try:
            raw = self._tree.read(file.path)
        except ArchiveError as error:
            yield _problem(error)
            return
        try:
            data = canonical(raw, path)
        except ArchiveError as error:
            found = count_messages(raw)
            yield _problem(error, found)
            yield Account(found=found, quarantined=found)
            return
        del raw
        found = count_messages(data)
        if not is_chat_page(data):
            yield _not_a_page(path, data, found)
            yield Account(found=found, quarantined=found)
            return
        page = parse_page(data, self._clock)
        del data
        self._note(file, page)
        yield from self._page(path, page, found)

    def _note(self, file: File, page: Page) -> None:
        self._pages += 1
        self._read.add(page_number(file.path) or 1)
        self._linked |= {n for link in page.links if (n := page_number(link)) is not None}
        self._notes += page.notes
        if page.truncated:
            self._notes["truncated_page"] += 1
        if page.title:
            self._titles[page.title] = None

    def _page(self, path: str, page: Page, found: int) -> Iterator[Yielded]:
        accepted, duplicate, clashing = self._sift(page.messages)
        if accepted:
            if self._first is None:
                self._first = accepted[0]
            take(accepted, self._tally)
            yield accepted
        unread = found - page.found
        if page.truncated:
            cut = page.cut + max(unread, 0)
            unread = min(unread, 0)
            yield _cut(path, cut)
        else:
            cut = page.cut
        if clashing:
            yield _clash(path, clashing)
        if page.unnamed:
            yield _unnamed(path, page.unnamed)
        if unread:
            self._notes["count_differs"] += 1
            yield _differs(path, found, page.found)
        ignored = {"date_separator": page.separators, "markup_in_button": page.forged}
        yield Account(
            found=found,
            accepted=len(accepted),
            duplicate=duplicate,
            ignored={reason: count for reason, count in ignored.items() if count},
            quarantined=cut + clashing + page.unnamed + max(unread, 0),
        )

    def _sift(self, messages: list[Message]) -> tuple[list[Message], int, int]:
        """New messages; how many were met before; how many clash with one met before."""
        accepted: list[Message] = []
        duplicate = clashing = 0
        for message in messages:
            same = self._seen.check(message)
            if same is None:
                accepted.append(message)
            elif same:
                duplicate += 1
            else:
                clashing += 1
        self._notes["duplicate_messages"] += duplicate
        self._notes["id_conflict"] += clashing
        return accepted, duplicate, clashing

    def _item(self) -> Item:
        hints = self._hints
        chat_type = hints.get("type") or None
        listed = hints.get("name", "")
        titles = list(self._titles)
        title = titles[0] if titles else listed
        aliases = [name for name in (listed, *titles) if name and name != title]
        archive = hints["root"]
        tally = self._tally
        return Item(
            summary=Summary(
                key=key_of(self._first, title, chat_type),
                kind="telegram_chats",
                source=self._unit.source,
                archive=archive,
                title=title,
                records=tally.count,
                identity=identity_of((title, *aliases)),
                version=(export_date(archive), tally.last or ""),
                aliases=tuple(dict.fromkeys(aliases)),
                flags=("personal",) if chat_type in {"private", "bot"} else (),
                findings=tuple(self._findings()),
            ),
            head=head_of(tally, title, chat_type, hints["directory"]),
        )

    def _findings(self) -> Iterator[Finding]:
        notes = self._notes
        entry = Entry(folder="", name="", chat_type="", count=self._hints.get("count", ""))
        if entry.is_half:
            yield finding("half_conversation")
        if self._hints.get("listed") == "no":
            yield finding("not_listed")
        notes["missing_page"] = len(self._missing())
        notes["titles_differ"] = max(len(self._titles) - 1, 0)
        notes["out_of_order"] = self._seen.out_of_order
        for kind in sorted(notes):
            if notes[kind]:
                yield finding(kind, notes[kind])

    def _missing(self) -> set[int]:
        """Pages that others link to, that leave a gap, or that could not be read."""
        numbers = {page_number(file.path) or 1 for file in self._unit.files}
        expected = numbers | self._linked
        # A far number is a stray file, not a thousand lost pages.
        gaps = range(1, max(expected)) if max(expected) <= 2 * len(expected) + 10 else ()
        return (expected | set(gaps)) - self._read


def take(messages: list[Message], tally: Tally) -> None:
    """Tally messages; who reacted takes part as well."""
    tally.add(messages)
    for message in messages:
        for reaction in message.reactions:
            tally.participants.update(reaction.people)


def head_of(tally: Tally, title: str, chat_type: str | None, directory: str) -> Chat:
    """The head of a chat whose messages have been tallied."""
    return Chat(
        chat_name=title,
        chat_type=chat_type,
        directory=directory,
        message_count=tally.count,
        regular_message_count=tally.regular,
        service_message_count=tally.service,
        participants=tally.people,
        participant_count=len(tally.people),
        unique_authors=tuple(sorted(tally.authors)),
        first_message_time=tally.first,
        last_message_time=tally.last,
    )


def _problem(error: ArchiveError, found: int = 0) -> Problem:
    return Problem(
        path=error.path,
        reason=error.reason,
        detail=error.detail,
        remedy=error.remedy,
        found=found,
        retry=error.retry,
    )


def _not_a_page(path: str, data: bytes, found: int) -> Problem:
    if b"<title>Exported Data</title>" in data and b"</html" not in data[-512:]:
        detail = "it ends before its first message"
        return Problem(path=path, reason="truncated", detail=detail, remedy=_AGAIN, found=found)
    return foreign(path, found)


def _cut(path: str, found: int) -> Problem:
    detail = "the page ends in the middle; what was whole is kept"
    return Problem(path=path, reason="truncated", detail=detail, remedy=_AGAIN, found=found)


def _clash(path: str, found: int) -> Problem:
    return Problem(
        path=path,
        reason="id_conflict",
        detail=f"{found} messages have the id, but not the time, of one read before",
        remedy="Two chats seem to be mixed in this folder: give each export its own.",
        found=found,
    )


def _unnamed(path: str, found: int) -> Problem:
    detail = f"{found} message blocks have no id"
    return Problem(path=path, reason="malformed", detail=detail, remedy=_AGAIN, found=found)


def _differs(path: str, found: int, read: int) -> Problem:
    return Problem(
        path=path,
        reason="count_differs",
        detail=f"{found} message tags are in the page, {read} were understood",
        remedy="Please report it, with the kind of page it is; export the chat again meanwhile.",
        found=max(found - read, 0),
    )
