"""Bringing the objects of one type up to date: all of them once, then what changed, and
now and then all of them again, for deletions and associations leave no trace in times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from sources.hubspot.asking import BATCH, PAGE, Answer, Crm, Cursor, next_page
from sources.hubspot.known import Known, KnownObjects, Links, objects_in
from sources.hubspot.objects import ACCOUNT, ASSOCIATED, LISTED, READ, ObjectType
from sources.live.calling import Rejected, Turning, Unavailable
from sources.live.landing import Landing, Stream, Told
from sources.live.segments import Said

LOOK_BACK = 15 * 60_000
"""Milliseconds. The index that is searched follows behind what is written, by minutes."""
FULL_EVERY = 7 * 86_400.0
"""Seconds after which all is asked again."""


class Update:
    """One type of objects in one fetch. What is said again as it was known is not landed."""

    def __init__(
        self, type_: ObjectType, crm: Crm, landing: Landing, stream: Stream, account: Answer
    ) -> None:
        self._type = type_
        self._crm = crm
        self._stream = stream
        self._account = account
        self._now = landing.clock.time()
        self._stamp = landing.stamp()
        self._portal = {"portal": landing.account["portal"]}
        self._known = KnownObjects(type_, compared=True)
        self._segment = 1
        for number, segment in landing.landed(type_.name):
            self._segment = number + 1
            if segment is not None:
                for said in segment.said:
                    self._known.take(said, segment.fetched_at, number)

    def all(self, since: str | None, *, full: bool) -> None:
        """Whatever is to be asked: from a day on, all anew, or what is due."""
        first = self._stream.cursor is None and since is None
        anew = full or first or "pass" in self._cursor
        if anew:
            self._all_anew()
        self._changes(since)
        if not anew and is_due(self._cursor, self._now):
            self._all_again()
        self._deletions()

    @property
    def _cursor(self) -> dict[str, Any]:
        return dict(self._stream.cursor or self._portal)

    # All of them.

    def _all_anew(self) -> None:
        """Land all there are. A fetch that ended within goes on where it was; what changed
        meanwhile is found by the newest time that there was before.
        """
        begun = self._cursor.get("pass")
        if begun is None:
            begun = {"newest": self._newest(), "segment": self._segment, "after": None}
        try:
            self._land_pages(begun)
        except Rejected:
            if begun["after"] is None:
                raise
            # The place where it was is none any more.
            self._land_pages({**begun, "after": None})
        self._read_again(n for n, known in self._known.items() if known.place[0] < begun["segment"])
        done = {**self._cursor, "changed": begun["newest"], "anew": begun["segment"]}
        del done["pass"]
        self._finish(done)

    def _land_pages(self, begun: Mapping[str, Any]) -> None:
        here = begun["after"]
        for told, after in self._pages(here, archived=False):
            here = after or here
            self._append(told, {**self._cursor, "pass": {**begun, "after": here}})

    def _all_again(self) -> None:
        """Ask for all again, and land what was not known."""
        listed: set[str] = set()
        for told, _ in self._pages(None, archived=False):
            listed.update(found.id for found in _objects(told[0][1]))
            self._append_new(told, self._cursor)
        self._read_again(number for number in self._known if number not in listed)
        self._finish(self._cursor)

    def _read_again(self, unlisted: Iterable[str]) -> None:
        """Ask what became of those that were known and are not listed any more: that they are
        not listed proves nothing.
        """
        alive = [number for number in unlisted if not self._known[number].deleted]
        for ids in (alive[n : n + BATCH] for n in range(0, len(alive), BATCH)):
            self._append_new([self._read(ids)], self._cursor)

    def _finish(self, cursor: Mapping[str, Any]) -> None:
        """All was asked. That must land, and no object with it, or it would be asked again."""
        self._append([({"method": ACCOUNT}, self._account)], {**cursor, "full": self._stamp})

    def _deletions(self) -> None:
        """Those that were deleted of late are listed apart."""
        for told, _ in self._pages(None, archived=True):
            self._append_new(told, self._cursor)

    def _pages(self, start: Cursor, *, archived: bool) -> Iterator[tuple[list[Told], Cursor]]:
        """The pages of a listing, each with what does not fit into it, and where to go on."""
        turning, seen, after = Turning(), set[str](), start
        targets = () if archived else self._type.associated
        while True:
            answer = self._crm.page(self._type, after, archived=archived, associations=targets)
            asked: dict[str, Any] = {"method": LISTED, "limit": PAGE, "archived": archived}
            asked |= {"properties": self._type.properties, "associations": targets}
            told: list[Told] = [({**asked, "after": after}, answer), *self._cut(answer)]
            ids = {found.id for found in _objects(answer)}
            after = next_page(answer)
            yield told, after
            if after is None:
                return
            turning.more(after, new=not ids <= seen)
            seen |= ids

    # What changed.

    def _newest(self) -> int:
        """When anything was last changed, by the portal's own clock; 0 when nothing is."""
        modified = self._type.modified
        sorts = [{"propertyName": modified, "direction": "DESCENDING"}]
        answer = self._crm.search(self._type, (), modified, sorts=sorts, limit=1)
        return max((self._changed(found) for found in _objects(answer)), default=0)

    def _changes(self, since: str | None) -> None:
        """Read what the search finds changed and is not known as such."""
        start = max(int(self._cursor.get("changed", 0)) - LOOK_BACK, 0)
        if since is not None:
            day = int(_seconds(since) * 1000)
            start = min(start, day) if self._stream.cursor else day
        pending: list[str] = []
        last = 0
        for number, modified, changed in self._found(start):
            known = self._known.get(number)
            if known is None or known.deleted or known.modified != modified:
                pending.append(number)
            last = changed
            if len(pending) == BATCH:
                self._land_changed(pending, last)
                pending = []
        self._land_changed(pending, last)

    def _land_changed(self, ids: list[str], changed: int) -> None:
        if not ids:
            return
        told: list[Told] = [self._read(ids)]
        found = [each.id for each in _objects(told[0][1])]
        for target in self._type.associated if found else ():
            told += self._associated(target, found)
        cursor = self._cursor
        self._append_new(told, {**cursor, "changed": max(changed, cursor.get("changed", 0))})

    def _found(self, start: int) -> Iterator[tuple[str, str, int]]:
        """Id and time of all that changed since a moment, oldest first. Each page is asked for
        by the time of the last one found, for while places are counted, what is changed
        again moves to the end, and others move up unseen; and no more than 10,000 places
        can be counted. Where one moment fills a page, ids tell where to go on.
        """
        seen: set[tuple[str, str]] = set()
        while True:
            page = self._page_of_changes("GTE", start)
            yield from self._unseen(page, seen)
            last = max((self._changed(found) for found in _objects(page)), default=start)
            if next_page(page) is None:
                return
            if last <= start:
                yield from self._unseen_at(start, seen)
                last = start + 1
            start = last

    def _unseen_at(self, moment: int, seen: set[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
        """All that changed at one moment, by id: a pipeline's edit is one of all its deals."""
        last = 0
        while True:
            page = self._page_of_changes("EQ", moment, after=last)
            yield from self._unseen(page, seen)
            highest = max((int(found.id) for found in _objects(page)), default=last)
            if next_page(page) is None:
                return
            if highest <= last:
                raise Unavailable("a search does not end: its pages repeat themselves", "endless")
            last = highest

    def _page_of_changes(self, operator: str, moment: int, after: int | None = None) -> Answer:
        modified = self._type.modified
        filters = [(modified, operator, str(moment))]
        if after is None:
            return self._crm.search(self._type, filters, modified)
        filters.append(("hs_object_id", "GT", str(after)))
        return self._crm.search(self._type, filters, "hs_object_id")

    def _unseen(self, page: Answer, seen: set[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
        for found in _objects(page):
            modified = str(found.properties.get(self._type.modified) or "")
            if (found.id, modified) not in seen:
                seen.add((found.id, modified))
                yield found.id, modified, self._changed(found)

    def _changed(self, found: Any) -> int:
        modified = found.properties.get(self._type.modified)
        return round(_seconds(str(modified)) * 1000) if modified else 0

    # What is said of some of them.

    def _read(self, ids: Iterable[str]) -> Told:
        ids = list(ids)
        asked = {"method": READ, "ids": ids, "properties": self._type.properties}
        return asked, self._crm.read(self._type, ids)

    def _cut(self, page: Answer) -> list[Told]:
        """All associations of those that have more than a listing tells."""
        told: list[Told] = []
        for target in self._type.associated:
            cut = [
                found.id
                for found in _objects(page)
                if (links := found.associations.get(target)) and links.paging is not None
            ]
            told += self._associated(target, cut) if cut else []
        return told

    def _associated(self, target: str, ids: list[str]) -> list[Told]:
        told: list[Told] = []
        turning = Turning()
        inputs = [{"id": number} for number in ids]
        while inputs:
            answer = self._crm.associations(self._type, target, inputs)
            asked = {"method": ASSOCIATED, "from": self._type.name, "to": target}
            told.append(({**asked, "inputs": inputs}, answer))
            more = [(each["from"]["id"], next_page(each)) for each in answer["results"]]
            inputs = [{"id": number, "after": after} for number, after in more if after]
            if inputs:
                turning.more(" ".join(f"{each['id']}@{each['after']}" for each in inputs), new=True)
        return told

    # What becomes of it.

    def _append_new(self, told: list[Told], cursor: Mapping[str, Any]) -> None:
        """Land answers that say anything new; the cursor moves with them only."""
        said, known = KnownObjects(self._type, compared=True), self._known
        _take(told, said, self._stamp)
        lost = (known.get(number) for number in said.missing)
        if any(each is not None and not each.deleted for each in lost) or any(
            number not in known or _differs(known[number], new) for number, new in said.items()
        ):
            self._append(told, cursor)

    def _append(self, told: list[Told], cursor: Mapping[str, Any]) -> None:
        self._stream.extend(told, cursor)
        _take(told, self._known, self._stamp, self._segment)


def is_due(cursor: Mapping[str, Any], now: float) -> bool:
    """Whether all was last asked too long ago. Who asked from a day on never did."""
    last = cursor.get("full")
    return bool(last) and now - _seconds(str(last)) > FULL_EVERY


def _take(told: list[Told], known: KnownObjects, stamp: str, segment: int = 0) -> None:
    for asked, answer in told:
        known.take(Said(asked, orjson.dumps(answer)), stamp, segment)


def _differs(known: Known, said: Known) -> bool:
    """Whether what was said is not as it was known; of what is not told, nothing."""
    return (
        known.deleted != said.deleted
        or known.traits != said.traits
        or any(not links.alike(known.links.get(to, Links())) for to, links in said.links.items())
    )


def _objects(answer: Answer) -> list[Any]:
    return [found for found in objects_in(orjson.dumps(answer)) if found is not None]


def _seconds(moment: str) -> float:
    value = datetime.fromisoformat(moment)
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
