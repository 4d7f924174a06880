"""What archives hold beside what a result says, sorted on disk: neither need fit into memory."""

from __future__ import annotations

import itertools
import re
import sqlite3
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Self

from etl.audit.bundles import Raw, Said
from etl.audit.counter.met import Met, Untold
from etl.audit.rows import SOURCES, Item, Row, bare_id

_BATCH = 5000
_TABLES = """
    CREATE TABLE met
        (grp INT, file INT, id TEXT, kind TEXT, wall INT, utc INT, off INT, author TEXT);
    CREATE TABLE said
        (item INT, id TEXT, wall INT, utc INT, precise INT, author TEXT, author_id TEXT, key TEXT);
    CREATE TABLE groups (grp INTEGER PRIMARY KEY, cluster INT);
    CREATE TABLE items (item INTEGER PRIMARY KEY, cluster INT);
"""
_BUNDLES = """
    SELECT cluster, id, 0, grp, file, kind, wall, utc, off, author, NULL
    FROM met JOIN groups USING (grp)
    UNION ALL
    SELECT cluster, id, 1, item, precise, '', wall, utc, 0, author, author_id
    FROM said JOIN items USING (item)
    ORDER BY 1, 2, 3, 4
"""


class Group(NamedTuple):
    """A chat's folder, a day folder, a calendar, a table: as one archive holds it."""

    source: str
    chat: str
    title: str
    vendor: str

    @property
    def whole(self) -> tuple[str, str]:
        """What chat it is, and the export that it is one of many in, if that shows."""
        if self.source == "slack":
            return self.vendor or self.chat, self.chat.rpartition("/")[0] or "."
        chats = re.fullmatch(r"(.*#|(?:.*/)?chats/)(?:chat_)?\d+", self.chat)
        return self.chat, chats[1] if chats else ""


class Holdings:
    """Both sides, and which belong together."""

    def __init__(self) -> None:
        self.groups: list[Group] = []
        self.files: list[str] = []
        self.items: dict[int, Item] = {}
        self.untold: list[Untold] = []
        self.kinds: Counter[tuple[str, str]] = Counter()
        self.held: Counter[int] = Counter()
        self.cut: Counter[str] = Counter()
        self.copies: list[tuple[Item, Item]] = []
        # A file of SQLite's own, gone when it is closed.
        self._db = sqlite3.connect("")
        self._db.executescript(_TABLES)
        self._groups: dict[Group, int] = {}
        self._files: dict[str, int] = {}
        self._with_ids: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def meet(self, found: Iterable[Met | Untold], tick: Callable[[int], None]) -> None:
        """Take in what an archive holds."""
        for batch in _batches(self._met(found)):
            self._db.executemany("INSERT INTO met VALUES (?, ?, ?, ?, ?, ?, ?, ?)", batch)
            tick(len(batch))

    def _met(self, found: Iterable[Met | Untold]) -> Iterator[tuple[object, ...]]:
        for one in found:
            if isinstance(one, Untold):
                self.untold.append(one)
                continue
            self.kinds[one.source, one.kind] += 1
            self.cut[one.file] += one.kind == "cut"
            group = Group(one.source, _whole(one.chat), _whole(one.title), _whole(one.vendor))
            number = self._groups.setdefault(group, len(self.groups))
            if number == len(self.groups):
                self.groups.append(group)
            file = self._files.setdefault(one.file, len(self.files))
            if file == len(self.files):
                self.files.append(one.file)
            known_as = _whole(_id(one.source, one.id))
            author = None if one.author is None else _whole(one.author)
            yield number, file, known_as, one.kind, one.wall, one.utc, one.offset, author

    def hear(self, said: Iterable[Row | Item], tick: Callable[[int], None]) -> None:
        """Take in what a result says. An item that stands in several places counts once; its
        copies must be alike.
        """
        for batch in _batches(self._said(said)):
            self._db.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?)", batch)
            tick(len(batch))
        self._db.execute("CREATE INDEX said_items ON said (item)")
        self._db.execute("CREATE INDEX keys ON said (key, item) WHERE key <> ''")
        self._db.execute(
            "DELETE FROM said WHERE key <> ''"
            " AND item > (SELECT min(item) FROM said AS other"
            " WHERE other.key = said.key AND other.key <> '')"
        )
        self._same_copies()

    def _said(self, said: Iterable[Row | Item]) -> Iterator[tuple[object, ...]]:
        for one in said:
            if isinstance(one, Item):
                self.items[one.number] = one
            else:
                self.held[one.item] += 1
                if one.id:
                    self._with_ids.add(one.item)
                # A digest stands in for an id that an event has not.
                known_as = "" if one.id.startswith("sha256-") else one.id
                yield one.item, known_as, *one[2:]

    def _same_copies(self) -> None:
        first: dict[tuple[str, str], Item] = {}
        for item in list(self.items.values()):
            if item.key and (known := first.setdefault((item.source, item.key), item)) is not item:
                if self._content(known.number) != self._content(item.number):
                    self.copies.append((known, item))
                self._db.execute("DELETE FROM said WHERE item = ?", (item.number,))
                del self.items[item.number]

    def _content(self, item: int) -> int:
        rows = self._db.execute("SELECT id, wall, utc, author FROM said WHERE item = ?", (item,))
        return hash(tuple(map(hash, rows)))

    def cluster(self) -> list[tuple[list[int], list[int]]]:
        """Settle which groups and items belong together: by the vendor's id, by where they lie,
        by their titles, by what they share. Gives the groups and items of each.
        """
        joined = _Joined()
        titles: dict[str, set[str]] = defaultdict(set)
        for number, group in enumerate(self.groups):
            for token in _tokens(group.source, group.chat, group.title, group.vendor):
                joined.join(("g", number), token)
                titles[token[1]].add(group.source)
        for grp, other in self._overlapping():
            joined.join(("g", grp), ("g", other))
        for number, item in self.items.items():
            tokens = list(_tokens(item.source, item.directory, item.title, item.vendor))
            if not (item.source or item.title or item.directory or item.vendor):
                continue
            if not item.source:
                tokens = [
                    token
                    for source in SOURCES
                    for token in _tokens(source, item.directory, item.title, item.vendor)
                    if source in titles.get(token[1], ())
                ]
            known = [token for token in tokens if titles.get(token[1])]
            # Where it says it was read counts before what it is called.
            for token in known[:1] or tokens[:1]:
                joined.join(("i", number), token)
        self._by_content(joined)
        return self._numbered(joined)

    def _overlapping(self) -> Iterator[tuple[int, int]]:
        """Groups that share a message of one id, time and author, of different exports. One that
        two chats of an export have tells nothing.
        """
        shared = self._db.execute(
            "SELECT DISTINCT together FROM ("
            " SELECT group_concat(DISTINCT grp) AS together FROM met"
            " WHERE kind = 'message' AND author IS NOT NULL AND wall IS NOT NULL"
            " GROUP BY id, wall, author HAVING min(grp) < max(grp))"
        )
        wholes = [group.whole for group in self.groups]
        for (together,) in shared:
            groups = [int(number) for number in together.split(",")]
            chats = {wholes[group] for group in groups}
            if len({export for _, export in chats if export}) == sum(e != "" for _, e in chats):
                yield from itertools.pairwise(groups)

    def _by_content(self, joined: _Joined) -> None:
        """Items that nothing names are whose messages they hold; those without any name are
        held against all that there is of their source.
        """
        alone = [n for n in self.items if self.held[n] and joined.alone(("i", n))]
        for number in alone:
            best = self._db.execute(
                "SELECT grp, count(*) FROM said JOIN met USING (id)"
                " WHERE item = ? AND said.id <> ''"
                " AND coalesce(said.utc, said.wall, met.utc, met.wall, 0)"
                " IN (met.utc, met.wall, met.wall - coalesce(off, 0), 0)"
                " GROUP BY 1 ORDER BY 2 DESC LIMIT 1",
                (number,),
            ).fetchone()
            if best is None:
                continue
            joined.join(("i", number), ("g", best[0]))
            if not self.items[number].title:
                for other, group in enumerate(self.groups):
                    if group.source == self.groups[best[0]].source:
                        joined.join(("g", other), ("g", best[0]))

    def _numbered(self, joined: _Joined) -> list[tuple[list[int], list[int]]]:
        clusters: dict[object, tuple[list[int], list[int]]] = {}
        for number in range(len(self.groups)):
            clusters.setdefault(joined.root(("g", number)), ([], []))[0].append(number)
        for number in self.items:
            clusters.setdefault(joined.root(("i", number)), ([], []))[1].append(number)
        found = list(clusters.values())
        for cluster, (groups, items) in enumerate(found):
            self._db.executemany("INSERT INTO groups VALUES (?, ?)", ((g, cluster) for g in groups))
            self._db.executemany("INSERT INTO items VALUES (?, ?)", ((i, cluster) for i in items))
        return found

    def has_ids(self, item: int) -> bool:
        """Whether a result gives its rows ids, if it has any."""
        return not self.held[item] or item in self._with_ids

    def key_by_time(self, items: Sequence[int], groups: Sequence[int]) -> None:
        """Where a result has no ids, the second stands for the id; what has no time in an archive
        may be there or not.
        """
        has_zone = any(
            self._db.execute(
                "SELECT 1 FROM said WHERE item = ? AND utc IS NOT NULL LIMIT 1", (item,)
            ).fetchone()
            for item in items
        )
        self._db.executemany(
            "UPDATE said SET id = coalesce(utc, wall, '') WHERE item = ?", ((i,) for i in items)
        )
        self._db.executemany(
            "UPDATE met SET id = coalesce(CASE WHEN ? THEN coalesce(utc, wall - coalesce(off, 0))"
            " ELSE wall END, ''), kind = CASE WHEN kind = 'service' AND utc IS NULL THEN 'cut'"
            " ELSE kind END WHERE grp = ?",
            ((has_zone, group) for group in groups),
        )

    def bundles(self) -> Iterator[tuple[int, str, list[Raw], list[Said]]]:
        """Cluster by cluster, id by id: what was met of it, and what is said."""
        rows = self._db.execute(_BUNDLES)
        for (cluster, known_as), some in itertools.groupby(rows, key=lambda row: row[:2]):
            raws: list[Raw] = []
            saids: list[Said] = []
            for _, _, side, number, more, kind, wall, utc, off, author, author_id in some:
                if side:
                    saids.append(Said(number, wall, utc, more, author, author_id))
                else:
                    chat, export = self.groups[number].whole
                    file = self.files[more]
                    raws.append(Raw(number, file, kind, wall, utc, off, author, chat, export))
            yield cluster, known_as, raws, saids

    def where(self, known_as: str, at: int | None) -> str:
        """The title of another chat in which an archive has this message, or nothing."""
        row = self._db.execute(
            "SELECT grp FROM met WHERE id = ? AND kind IN ('message', 'service')"
            " AND coalesce(utc, wall - coalesce(off, 0)) = ? LIMIT 1",
            (known_as, at),
        ).fetchone()
        return self.groups[row[0]].title or self.groups[row[0]].chat if row else ""


class _Joined:
    """What was said to belong together, as sets that grow."""

    def __init__(self) -> None:
        self._parent: dict[object, object] = {}
        self._joined: set[object] = set()

    def root(self, one: object) -> object:
        while (above := self._parent.setdefault(one, one)) != one:
            self._parent[one] = self._parent[above]
            one = above
        return one

    def join(self, one: object, other: object) -> None:
        self._joined |= {one, other}
        self._parent[self.root(one)] = self.root(other)

    def alone(self, one: object) -> bool:
        return one not in self._joined


def _tokens(source: str, place: str, title: str, vendor: str) -> Iterator[tuple[str, str]]:
    """What an item or a group may be known by, the surest first."""
    if source in ("calendar", "hubspot"):
        kind = title.removeprefix("hubspot_") if source == "hubspot" else ""
        yield source, f"{source}|{kind}"
        return
    if vendor:
        yield source, f"{source}|v|{vendor}"
    if place and source != "slack":
        yield source, f"{source}|d|{place}"
    # Those without a name are held together: nothing tells them apart but their messages.
    yield source, f"{source}|t|{plain_title(title)}"


def plain_title(title: str) -> str:
    """A title, however it is spelled, without a date at its end; nothing for what many are
    called.
    """
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", title).casefold()).strip()
    words = re.sub(r"(?<=.)(?:(?: \d\d?){0,2} 20\d\d| 20\d\d(?: \d\d?){1,2})$", "", words)
    return "" if words == "deleted account" else words


def _id(source: str, given: str) -> str:
    return given if source in ("calendar", "hubspot") else bare_id(given)


def _whole(text: str) -> str:
    """A text without halves of characters, which JSON may hold and nothing else."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _batches(rows: Iterable[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    rows = iter(rows)
    while batch := list(itertools.islice(rows, _BATCH)):
        yield batch
