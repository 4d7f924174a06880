"""What is said of the differences: which disagree, which the result itself accounts for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from etl.audit.comparing import Tally
from etl.audit.holdings import Holdings, plain_title
from etl.audit.rows import SOURCES, Item
from etl.quarantine import within
from sources.records import Record

_SHOWN = 5
_NO_INSTANCE = ("no_instance", "outside_window", "excluded", "deleted")
_LEFT_OUT = ("forgotten", "older_than_max_age")
"""On purpose, by `forget` and ``--max-age``."""
_THINGS = {"calendar": "event", "hubspot": "record"}
"""What is lost, where it is no message."""


class Line(NamedTuple):
    """One thing to say; ``disagrees``: it is a fault of the result, as far as the archives tell."""

    text: str
    disagrees: bool = True


class Counts(Record, frozen=True, kw_only=True, gc=False):
    """What an output says of what was found of a source."""

    found: int
    ignored: dict[str, int] = {}
    quarantined: int = 0


class Account(NamedTuple):
    """What a result says of itself. ``quarantined`` is how many things by path, 0 for all there
    is; ``ours``: it is an output of this program, whose messages may be counted only.
    """

    ours: bool = False
    partial: bool = False
    sources: tuple[str, ...] = SOURCES
    quarantined: Mapping[str, int] = {}
    accounting: Mapping[str, Counts] = {}
    all_archives: bool = True


class Verdicts:
    """Judges tallies one by one."""

    def __init__(self, holdings: Holdings, account: Account) -> None:
        self._holdings = holdings
        self._account = account
        # What a file ends in the middle of is quarantined for itself, and explains nothing else.
        self._left = {
            path: max(many - holdings.cut[path], 0) for path, many in account.quarantined.items()
        }
        self._left_out = {
            source: sum(said.ignored.get(reason, 0) for reason in _LEFT_OUT)
            for source, said in account.accounting.items()
        }
        self._titles: dict[str, set[int]] = defaultdict(set)
        self._not_asked = 0

    def lines(self, tallies: Iterable[Tally]) -> Iterator[Line]:
        """Everything there is to say, chat by chat, then source by source."""
        tallies = sorted(tallies, key=lambda tally: (tally.source, _name(tally)))
        for number, tally in enumerate(tallies):
            for title in self._group_titles(tally):
                self._titles[title].add(number)
        given = {tally.source for tally in tallies if tally.items and tally.groups}
        for source in SOURCES:
            some = [tally for tally in tallies if tally.groups and tally.source == source]
            if some and source not in given and not self._is_expected(source):
                count = sum(tally.distinct for tally in some)
                text = f"{source}: nothing of it is in the result ({count} in the archives)"
                # Of another source it was never asked; but what holds none of any is no result.
                yield Line(text, disagrees=not given)
        for number, tally in enumerate(tallies):
            if tally.items or tally.source in given or self._is_expected(tally.source):
                yield from self._judge(tally, number)
        for one, other in self._holdings.copies:
            places = f"{one.place} and {other.place}"
            yield Line(f"{one.source}, {one.title or one.key}: differs under {places}")
        if self._not_asked:
            text = f"{self._not_asked} more in the result, of none of these archives"
            yield Line(text, disagrees=False)
        yield from self._found()

    def _is_expected(self, source: str) -> bool:
        return self._account.ours and source in self._account.sources

    def _judge(self, tally: Tally, number: int) -> Iterator[Line]:
        if not tally.groups:
            yield from self._in_no_archive(tally)
            return
        who = _name(tally)
        items = [self._holdings.items[item] for item in tally.items]
        thing = _thing(tally)
        if not items:
            if tally.distinct:
                yield from self._lost(tally, who, thing, "is not in the result: ")
            return
        yield from self._counts(tally, items, who, thing)
        yield from self._names(tally, items, number, who)
        if many := tally.doubled.total():
            yield Line(f"{who}: {_many(many, thing)} doubled")
        if many := tally.separators.total():
            yield Line(f"{who}: {_many(many, 'date separator')} counted as messages")
        if many := tally.nameless.total():
            untold = any(tally.nameless[item.number] > item.unnamed for item in items)
            as_said = "" if untold else ", as the result says"
            yield Line(f"{who}: {_many(many, thing)} without author{as_said}", disagrees=untold)
        if many := tally.authors.total():
            yield Line(f"{who}: {_many(many, thing)} by another author than in the archives")
        if many := tally.times.total():
            found = self._elsewhere(tally)
            yield Line(f"{who}: {_many(many, thing)} at another time than in the archives{found}")
        yield from self._shifts(tally, who, thing)
        yield from self._extra(tally, who, thing)

    def _counts(self, tally: Tally, items: list[Item], who: str, thing: str) -> Iterator[Line]:
        """Chats without messages are held by their numbers."""
        held = self._holdings.held
        counted = [item for item in items if not item.listed and item.said is not None]
        for item in items:
            if item.listed and item.said not in (None, held[item.number]):
                text = f"says it has {item.said}, and {held[item.number]} stand there"
                yield Line(f"{who}: {text}")
        lost, claimed = tally.lost.total(), sum(item.said or 0 for item in counted)
        if not counted and lost:
            yield from self._lost(tally, who, thing, "")
        most = lost + tally.maybe + self._holdings.kinds[tally.source, "broken"]
        if len(counted) > 1:
            # Of chats that are called alike, nothing tells what they share.
            most += tally.readings - tally.distinct
        if counted and not lost <= claimed <= most:
            explained = self._explained(tally, claimed)
            if not lost <= claimed + explained <= most:
                more = "more" if claimed > lost else "fewer"
                text = f"counted as {claimed}, {abs(claimed - lost)} {more} than the {lost} in the"
                yield Line(f"{who}: {text} archives")

    def _lost(self, tally: Tally, who: str, thing: str, how: str) -> Iterator[Line]:
        lost = tally.lost.total()
        explained = self._explained(tally)
        if explained:
            text = f"{who}: {_many(explained, thing)} quarantined or left out, as the result says"
            yield Line(text, disagrees=False)
        if lost == explained:
            return
        places = Counter[str]()
        for (group, _), many in tally.lost.items():
            places[self._holdings.groups[group].chat] += many
        where = "; ".join(f"{many} of {place}" for place, many in places.most_common(_SHOWN))
        ids = ", ".join(one for one, _, _ in tally.lost_ids[:_SHOWN])
        few = f", ids {ids}" if ids and lost <= _SHOWN else f", ids {ids} ..." if ids else ""
        partial = self._account.partial and not tally.items
        text = (
            f"{who}: {how}{lost - explained} of {_many(tally.distinct, thing)} lost ({where}{few})"
        )
        yield Line(text, disagrees=not partial)

    def _explained(self, tally: Tally, counted: int = 0) -> int:
        """How many of what is lost the result has in quarantine, file by file, or says to have
        left out of that source; ``counted`` are there, though nobody sees which.
        """
        explained = 0
        for (_, file), lost in tally.lost.items():
            many = lost
            for path, left in self._left.items():
                if not (within(file, path) or within(path, file)):
                    continue
                whole = self._account.quarantined[path] == 0
                taken = many if whole else min(many, left)
                if not whole:
                    self._left[path] -= taken
                explained += taken
                many -= taken
        missing = tally.lost.total() - counted - explained
        taken = min(missing, self._left_out.get(tally.source, 0))
        if taken > 0:
            self._left_out[tally.source] -= taken
            explained += taken
        return explained + self._without_instance(tally, tally.lost.total() - explained)

    def _without_instance(self, tally: Tally, lost: int) -> int:
        """Of a calendar, how many series may have nothing in the window, by the account."""
        if tally.source != "calendar":
            return 0
        said = self._account.accounting.get("calendar")
        empty = sum(said.ignored.get(reason, 0) for reason in _NO_INSTANCE) if said else 0
        return min(lost, empty)

    def _names(self, tally: Tally, items: list[Item], number: int, who: str) -> Iterator[Line]:
        """A chat that is called like another one, and not like itself."""
        own = self._group_titles(tally)
        for item in items:
            title = plain_title(item.title)
            if title and title not in own and self._titles.get(title, set()) - {number}:
                yield Line(f"{who}: stands there as {item.title!r}, which is another")

    def _group_titles(self, tally: Tally) -> set[str]:
        return {plain_title(self._holdings.groups[group].title) for group in tally.groups} - {""}

    def _shifts(self, tally: Tally, who: str, thing: str) -> Iterator[Line]:
        for (seconds, sure), (first, last, many) in sorted(tally.shifts.items()):
            if not sure and seconds in tally.apart:
                continue  # the exports differ so themselves
            hours = f"{abs(seconds) / 3600:g} h {'later' if seconds > 0 else 'earlier'}"
            days = f"{_day(first)} to {_day(last)}" if _day(first) != _day(last) else _day(first)
            than = "than it was" if sure else "than printed"
            text = f"{who}: {_many(many, thing)} {hours} {than} ({days})"
            yield Line(text)

    def _extra(self, tally: Tally, who: str, thing: str) -> Iterator[Line]:
        if not (many := tally.extra.total()):
            return
        ids = ", ".join(one or "none" for _, one, _ in tally.odd_ids[:_SHOWN])
        found = self._elsewhere(tally)
        text = f"{who}: {_many(many, thing)} that the archives have not there (ids {ids}{found})"
        broken = self._holdings.kinds[tally.source, "broken"]
        whole = self._account.all_archives or not self._account.ours
        # What the Calendar API deleted later is not followed.
        told = self._holdings.kinds["calendar", "told of"] and thing == "event"
        if thing == "record" and broken:
            many = 0  # rows behind a broken one may be seen by one side only
        yield Line(text, disagrees=whole and many > broken and not told)

    def _elsewhere(self, tally: Tally) -> str:
        """Of which chats in the archives these are, if of any."""
        others = Counter(
            place
            for _, one, at in tally.odd_ids
            if at is not None and (place := self._holdings.where(one, at))
        )
        names = " and ".join(repr(place) for place, _ in others.most_common(2))
        return f"; in the archives they are of {names}" if names else ""

    def _in_no_archive(self, tally: Tally) -> Iterator[Line]:
        for number in tally.items:
            item = self._holdings.items[number]
            held = self._holdings.held[number] or item.said or 0
            untold = any(
                item.archive and within(one.file, item.archive) for one in self._holdings.untold
            )
            if not held:
                continue
            if not (untold or self._account.all_archives):
                self._not_asked += 1
                continue
            where = "in what was not counted" if untold else "in no archive"
            text = f"{_name(tally)}: {where}, and {_many(held, _thing(tally))} in the result"
            yield Line(text, disagrees=not untold)

    def _found(self) -> Iterator[Line]:
        """What the result says was found, against what was."""
        if not self._account.all_archives or self._account.partial:
            return
        for source, account in self._account.accounting.items():
            kinds = {
                kind: many for (of, kind), many in self._holdings.kinds.items() if of == source
            }
            found = sum(n for kind, n in kinds.items() if kind not in ("merged", "end of a list"))
            if found == account.found:
                continue
            # What neither side could read may count as something or as nothing.
            text = f"{source}: says it found {account.found}, and {found} were counted"
            loose = kinds.keys() & {"cut", "broken"} or 0 in self._account.quarantined.values()
            in_quarantine = found < account.found <= found + account.quarantined
            yield Line(text, disagrees=not (loose or in_quarantine))


def _name(tally: Tally) -> str:
    return f"{tally.source or 'any source'}, {tally.title}"


def _thing(tally: Tally) -> str:
    return _THINGS.get(tally.source, "message")


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
