"""One folder of pages: the chat they add up to, or the chats when several are mixed.

Holds one page at a time, and of the messages passed on only ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from sources._archive import File, Tree
from sources._conversation import Tally
from sources.errors import ArchiveError
from sources.protocol import Account, Problem, Unit, Yielded
from sources.records import Finding, Item, Message, Summary
from sources.telegram.clock import Clock
from sources.telegram.count import count_messages
from sources.telegram.findings import finding
from sources.telegram.head import head_of, take
from sources.telegram.identity import Sample, export_date, identity_of, key_of, loose, retouched
from sources.telegram.likeness import Columns
from sources.telegram.lists import Entry
from sources.telegram.owner import in_pages
from sources.telegram.page import canonical, is_chat_page, parse_page
from sources.telegram.page_files import foreign, page_number
from sources.telegram.parsed import Page
from sources.telegram.weaving import Weave, by_first_id

PAGE_LENGTH = 1000
"""Messages on every page but the last, date separators not counted."""

PAGE_BYTES = 64 * 2**20
"""Several times what a page of the longest messages has."""

_AGAIN = "Export the chat again."
_SAVED = ("Saved messages", "private")
"""What the list of chats says of the user's own notes; their pages bear the user's name."""

Placed = tuple[int, int, File]
"""A page's first id, its place in reading order, its file."""


class _Waiting(NamedTuple):
    """A page that bears another title or contradicts: perhaps of another chat."""

    placed: Placed
    columns: Columns


class ChatReader:
    """Reads one unit."""

    def __init__(self, unit: Unit, tree: Tree, clock: Clock) -> None:
        self._unit = unit
        self._tree = tree
        self._clock = clock
        self._read: set[int] = set()

    def read(self) -> Iterator[Yielded]:
        """Messages page by page, problems and accounts, after each chat its item."""
        pages = by_first_id(self._unit.files, self._tree)
        mixed = False
        while pages:
            chat = _Chat(self._unit)
            waiting: list[_Waiting] = []
            for position, placed in enumerate(pages):
                following = pages[position + 1][0] if position + 1 < len(pages) else None
                yield from self._file(chat, placed, following, waiting)
            pages = [page.placed for page in waiting]
            mixed = mixed or bool(pages)
            if chat.pages:
                yield from chat.close(self._read, mixed=mixed)

    def _file(
        self, chat: _Chat, placed: Placed, following: int | None, waiting: list[_Waiting]
    ) -> Iterator[Yielded]:
        file = placed[2]
        path = self._tree.display(file.path)
        try:
            raw = self._tree.read(file.path, PAGE_BYTES)
        except ArchiveError as error:
            yield Problem.of(error)
            yield from chat.passed_on(following)
            return
        data = canonical(raw)
        del raw
        if not is_chat_page(data):
            found = count_messages(data)
            yield _not_a_page(path, data, found)
            yield Account(found=found, quarantined=found)
            yield from chat.passed_on(following)
            return
        page = parse_page(data, self._clock)
        found = count_messages(data, page.found)
        del data
        self._read.add(page_number(file.path) or 1)
        if not chat.holds(page):
            waiting.append(_Waiting(placed, Columns(page.messages)))
        else:
            yield from chat.take(placed, path, page, found)
            yield from self._joined(chat, waiting)
        yield from chat.passed_on(following)

    def _joined(self, chat: _Chat, waiting: list[_Waiting]) -> Iterator[Yielded]:
        """Pages that waited and that the last one shows to be of this chat after all."""
        for page in [page for page in waiting if chat.shares(page.columns)]:
            waiting.remove(page)
            file = page.placed[2]
            data = canonical(self._tree.read(file.path, PAGE_BYTES))
            again = parse_page(data, self._clock)
            path = self._tree.display(file.path)
            yield from chat.take(page.placed, path, again, count_messages(data, again.found))


class _Chat:
    """What has been read of one chat."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._hints = dict(unit.hints)
        self._tally = Tally()
        self._weave = Weave()
        self._sample = Sample()
        self._notes: Counter[str] = Counter()
        self._titles: dict[str, int] = {}
        self._first: Message | None = None
        self._lengths: list[tuple[int, int]] = []
        self._starts: list[tuple[int, int, int]] = []
        self._linked: set[int] = set()

    @property
    def pages(self) -> int:
        return len(self._lengths)

    def holds(self, page: Page) -> bool:
        """Whether a page is of this chat: by messages that both have, else by its title."""
        alike = (
            not page.title
            or not self._titles
            or any(retouched(page.title, title) for title in self._titles)
        )
        agrees = self._weave.agrees(page.messages, alike=alike)
        return alike if agrees is None else agrees

    def shares(self, columns: Columns) -> bool:
        """Whether messages of a page that waits are this chat's, too."""
        return self._weave.agrees(columns, alike=False) is True

    def take(self, placed: Placed, path: str, page: Page, found: int) -> Iterator[Yielded]:
        """Take a page in; say what became of all that is in it."""
        self._note(placed, page)
        age = self._last_time(page), placed[1]
        accepted, duplicate, clashing = self._weave.add(page.messages, age)
        if duplicate:
            self._notes["duplicate_messages"] += duplicate
        unread = found - page.found
        cut = page.cut
        if page.truncated:
            cut += max(unread, 0)
            unread = min(unread, 0)
            yield _cut(path, cut)
        if clashing:
            self._notes["id_conflict"] += clashing
            yield _clash(path, clashing)
        if page.unnamed:
            yield _unnamed(path, page.unnamed)
        if unread:
            self._notes["count_differs"] += 1
            yield _differs(path, found, page.found)
        ignored = {"date_separator": page.separators, "markup_in_button": page.forged}
        yield Account(
            found=found,
            accepted=accepted,
            duplicate=duplicate,
            ignored={reason: count for reason, count in ignored.items() if count},
            quarantined=cut + clashing + page.unnamed + max(unread, 0),
            notes={f"pages_by_{page.way}": 1},
        )

    def _last_time(self, page: Page) -> str:
        """What tells which of several pages is newer."""
        if len(self._unit.files) == 1:
            return ""
        return max((m.timestamp for m in page.messages if m.timestamp), default="")

    def passed_on(self, following: int | None) -> Iterator[list[Message]]:
        """Messages that no page to come can hold, now that the next begins with that id."""
        numbers, ready = self._weave.ready(following)
        if ready:
            if self._first is None:
                self._first = ready[0]
            take(ready, self._tally)
            self._sample.take(numbers, ready)
            yield ready

    def close(self, read: set[int], *, mixed: bool) -> Iterator[Yielded]:
        """What is left, and the item."""
        yield from self.passed_on(None)
        yield self._item(read, mixed=mixed)

    def _note(self, placed: Placed, page: Page) -> None:
        first, place, _ = placed
        whole = PAGE_LENGTH if page.truncated else len(page.messages) + page.cut + page.unnamed
        self._lengths.append((place, whole))
        self._starts.append((place, first, len(page.messages)))
        self._linked |= {n for link in page.links if (n := page_number(link)) is not None}
        self._notes += page.notes
        if page.truncated:
            self._notes["truncated_page"] += 1
        if page.title:
            self._titles[page.title] = min(self._titles.get(page.title, place), place)

    def _item(self, read: set[int], *, mixed: bool) -> Item:
        titles = sorted(self._titles, key=self._titles.__getitem__)
        hints = self._hints
        if mixed and loose(hints.get("name", "")) not in set(map(loose, titles)):
            # The list speaks of one of the chats in this folder, and not of this one.
            hints = {name: hints[name] for name in ("root", "directory")}
        chat_type = hints.get("type") or None
        listed = hints.get("name", "")
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
                identity=(*identity_of((title, *aliases)), *self._sample.tokens()),
                version=(export_date(archive), tally.last or ""),
                aliases=tuple(dict.fromkeys(aliases)),
                flags=("personal",) if chat_type in {"private", "bot"} else (),
                owners=tuple(in_pages(hints.get("owner", ""), _entry(hints), tally.authors, title)),
                findings=tuple(self._findings(hints, read, mixed=mixed)),
            ),
            head=head_of(tally, title, chat_type, hints["directory"]),
        )

    def _findings(self, hints: dict[str, str], read: set[int], *, mixed: bool) -> Iterator[Finding]:
        notes = self._notes
        if _entry(hints).is_half:
            yield finding("half_conversation")
        if (hints.get("name"), hints.get("type")) == _SAVED:
            yield finding("saved_messages")
        if hints.get("listed") == "no":
            yield finding("not_listed")
        if mixed:
            yield finding("mixed_folder")
        notes["missing_page"] = len(self._missing(read))
        notes["titles_differ"] = max(len(self._titles) - 1, 0)
        notes["out_of_order"] = self._weave.out_of_order + self._moved()
        notes["uneven_page"] = sum(n != PAGE_LENGTH for _, n in sorted(self._lengths)[:-1])
        for kind in sorted(notes):
            if notes[kind]:
                yield finding(kind, notes[kind])

    def _moved(self) -> int:
        """Messages of pages that stand behind one which begins later."""
        moved, highest = 0, -(2**63)
        for _, first, length in sorted(self._starts):
            moved += length if first < highest else 0
            highest = max(highest, first)
        return moved

    def _missing(self, read: set[int]) -> set[int]:
        """Pages that others link to, that leave a gap, or that could not be read."""
        numbers = {page_number(file.path) or 1 for file in self._unit.files}
        expected = numbers | self._linked
        # A far number is a stray file, not a thousand lost pages.
        gaps = range(1, max(expected)) if max(expected) <= 2 * len(expected) + 10 else ()
        return (expected | set(gaps)) - read


def _entry(hints: dict[str, str]) -> Entry:
    """What the list of chats says of this one."""
    name, chat_type, count = (hints.get(field, "") for field in ("name", "type", "count"))
    return Entry(folder="", name=name, chat_type=chat_type, count=count)


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
        detail=f"{found} messages have the id, but not the time, of another in this folder",
        remedy="Export the chat again; somebody seems to have edited the page.",
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
