"""All VEVENTs of one UID: which of them count, and the meetings they make.

Every VEVENT has one fate. An accepted one stands for one meeting; further meetings of
its series are *expanded*. So the meetings yielded are always accepted + expanded. What
was called off is among them, marked as gone, so that other calendars can learn of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sources.calendar.event import Vevent
from sources.calendar.moments import Moment, day_of, in_utc, render
from sources.calendar.recurrence import Occasion, end_of, occasions
from sources.calendar.rules import CannotExpand
from sources.calendar.window import Window
from sources.protocol import Account

_FARTHEST = timedelta(days=366)
"""So far at most an override moves all later instances, too."""


class Instance(NamedTuple):
    """One meeting. ``original`` is the start it was planned for, as in its key; ``gone``
    why there is no such meeting.
    """

    event: Vevent
    start: Moment
    end: Moment
    original: str
    expanded: bool
    gone: str = ""


class Span(NamedTuple):
    """The original starts, as text, about which a reading of a series has the last word:
    from ``since`` to before ``until``, where it is cut off there.
    """

    since: str = ""
    until: str = ""


@dataclass
class Outcome:
    """What became of the VEVENTs of one UID. ``rank`` orders readings of it, newest last;
    ``span`` is given when its master is here and was understood; ``missed`` are the original
    starts of instances that are called off in this calendar only.
    """

    rank: str = ""
    span: Span | None = None
    missed: tuple[str, ...] = ()
    instances: list[Instance] = field(default_factory=list)
    duplicate: int = 0
    ignored: Counter[str] = field(default_factory=Counter)

    @property
    def account(self) -> Account:
        """What it says of them."""
        expanded = sum(instance.expanded for instance in self.instances)
        return Account(
            accepted=len(self.instances) - expanded,
            expanded=expanded,
            duplicate=self.duplicate,
            ignored={reason: count for reason, count in self.ignored.items() if count},
        )


def resolve(events: Sequence[Vevent], window: Window) -> Outcome:
    """The meetings of these VEVENTs of one UID, in the order of their original starts."""
    outcome = Outcome()
    events = _without_answers(events, outcome)
    masters = [event for event in events if event.instance is None]
    outcome.rank = _rank(masters or events, events)
    masters = _masters(masters, outcome)
    overrides = [event for event in events if event.instance is not None]
    for override in overrides:
        _align(override, masters)
    overrides = _newest(overrides, _instance_key, outcome)
    overrides = _not_excluded(overrides, masters, outcome)
    outcome.missed = tuple(_instance_key(event) for event in overrides if event.here_only)
    made: list[Occasion] = []
    outcome.span = Span() if masters else None
    taken = {_instance_key(event) for event in overrides}
    changes = _changes(overrides, masters)
    for master in masters:
        found = _occasions(master, changes, window, outcome)
        made += [one for one in found if render(one.original) not in taken]
    made += [Occasion(o, o.start, o.end, _instance_of(o)) for o in overrides]
    unused = _settle(made, [*masters, *overrides], outcome)
    _leave_word(unused, masters, outcome)
    return outcome


def _without_answers(events: Sequence[Vevent], outcome: Outcome) -> Sequence[Vevent]:
    """Without the answers of guests to what is here: they leave most of it out."""
    told = {_said_of(event) for event in events if not event.header.answers}
    kept = [e for e in events if not e.header.answers or not told & {"", _said_of(e)}]
    outcome.duplicate += len(events) - len(kept)
    for event in kept:
        if event.header.answers:
            event.notes["answer_only"] = "Only a guest's answer is here, which leaves much out."
    return kept


def _said_of(event: Vevent) -> str:
    """The instance that it is about, or nothing when it is about the whole event."""
    return render(event.instance) if event.instance else ""


def _rank(deciding: Sequence[Vevent], events: Sequence[Vevent]) -> str:
    """SEQUENCE, that of the series if it is here, then the newest stamp of all. Answers,
    and what we are not shown the details of, come before everything else.
    """
    sequence = max((event.sequence for event in deciding), default=0)
    stamp = max((event.stamp for event in events), default="")
    partial = all(event.header.answers or event.withheld for event in events)
    return f"{'-' if partial else ''}{max(sequence, 0):010d} {stamp}"


def _masters(masters: list[Vevent], outcome: Outcome) -> list[Vevent]:
    """Those with the highest SEQUENCE; with the same one, those that start apart."""
    top = max((event.sequence for event in masters), default=0)
    current = [event for event in masters if event.sequence == top]
    outcome.duplicate += len(masters) - len(current)
    current = _newest(current, lambda event: render(event.start), outcome)
    if len(current) > 1:
        for event in current:
            event.notes["uid_shared"] = f"{len(current)} events of this calendar share its UID."
    return current


def _newest(
    events: Iterable[Vevent], key: Callable[[Vevent], str], outcome: Outcome
) -> list[Vevent]:
    """Per key the one with the highest SEQUENCE, then the newest stamp, then the first."""
    best: dict[str, Vevent] = {}
    for event in events:
        other = best.setdefault(key(event), event)
        if other is event:
            continue
        outcome.duplicate += 1
        if (event.sequence, event.stamp) > (other.sequence, other.stamp):
            best[key(event)] = event
    return list(best.values())


def _align(override: Vevent, masters: Sequence[Vevent]) -> None:
    """Give the RECURRENCE-ID the type its series has: some say only the day."""
    if not masters or override.instance is None:
        return
    start, instance = masters[0].start, override.instance
    if isinstance(start, datetime) and not isinstance(instance, datetime):
        moment = datetime.combine(instance, start.timetz())
        with suppress(ValueError):
            in_utc(moment)
            override.instance = moment
    elif not isinstance(start, datetime):
        override.instance = day_of(instance)


def _changes(overrides: Sequence[Vevent], masters: Sequence[Vevent]) -> list[Vevent]:
    """The overrides that move all later instances, too, where that can be followed."""
    found = []
    for override in overrides:
        if override.and_future and len(masters) == 1 and _near(override):
            found.append(override)
        elif override.and_future and masters:
            override.notes["recurrence_unreadable"] = (
                "How it changes later instances cannot be told."
            )
    return found


def _near(override: Vevent) -> bool:
    start, instance = override.start, _instance_of(override)
    if isinstance(start, datetime) != isinstance(instance, datetime):
        return False
    return abs(day_of(start) - day_of(instance)) <= _FARTHEST


def _not_excluded(
    overrides: list[Vevent], masters: Sequence[Vevent], outcome: Outcome
) -> list[Vevent]:
    """Without those whose instance an EXDATE of the series takes out."""
    gone = {render(moment) for master in masters for moment in master.excluded}
    kept = [event for event in overrides if _instance_key(event) not in gone]
    outcome.ignored["excluded"] += len(overrides) - len(kept)
    return kept


def _occasions(
    master: Vevent, changes: Sequence[Vevent], window: Window, outcome: Outcome
) -> list[Occasion]:
    """The instances of one master, as if nothing had taken their place."""
    alone = Occasion(master, master.start, master.end, master.start)
    if "recurrence_unreadable" in master.notes:
        outcome.span = None
    if not master.repeats:
        return [alone]
    start = day_of(master.start)
    try:
        end = end_of(master, window.reach(start))
        first, last = window.of_series(start, end)
        found = occasions(master, changes, first, last)
    except CannotExpand as error:
        master.notes["recurrence_unreadable"] = f"Only its first instance is known: {error}."
        outcome.span = None
        return [alone]
    if first > start or end is None or end > last:
        master.notes["series_cut_by_window"] = f"Only instances from {first} to {last} are given."
        _narrow(outcome, master, first if first > start else None, last)
    return found


def _narrow(outcome: Outcome, master: Vevent, first: date | None, last: date) -> None:
    """Beyond these days nothing is known of the series."""
    if outcome.span is None:
        return
    since = _midnight(first, master) if first else ""
    until = _midnight(last + timedelta(days=1), master)
    outcome.span = Span(
        since=max(outcome.span.since, since), until=min(outcome.span.until or until, until)
    )


def _midnight(day: date, master: Vevent) -> str:
    """How a meeting of the series would be written that begins when the day does."""
    if not isinstance(master.start, datetime):
        return render(day)
    return render(datetime.combine(day, time(), master.start.tzinfo))


def _settle(made: list[Occasion], events: Sequence[Vevent], outcome: Outcome) -> list[Vevent]:
    """Number the meetings: the first of each VEVENT is its own, the rest are expanded.
    Returns the VEVENTs without any.
    """
    seen: set[str] = set()
    used: set[int] = set()
    keyed = [(render(one.original), one) for one in made if not one.event.called_off]
    for original, one in sorted(keyed, key=lambda pair: pair[0]):
        if original in seen:
            continue
        seen.add(original)
        instance = Instance(one.event, one.start, one.end, original, id(one.event) in used)
        outcome.instances.append(instance)
        used.add(id(one.event))
    unused = [event for event in events if id(event) not in used]
    outcome.ignored.update(map(_why_unused, unused))
    return unused


def _leave_word(unused: list[Vevent], masters: Sequence[Vevent], outcome: Outcome) -> None:
    """Of what is no more, keep what other calendars must learn: that the whole event is
    gone or, where the series is not here, which of its instances are.
    """
    if masters:
        unused = [] if outcome.instances else [event for event in unused if event in masters][:1]
    for event in unused:
        why = _why_unused(event)
        if why != "outside_window":
            outcome.ignored[why] -= 1
            original = render(event.instance or event.start)
            outcome.instances.append(
                Instance(event, event.start, event.end, original, expanded=False, gone=why)
            )


def _why_unused(event: Vevent) -> str:
    if event.called_off:
        return event.called_off
    return "outside_window" if "series_cut_by_window" in event.notes else "no_instance"


def _instance_of(event: Vevent) -> Moment:
    assert event.instance is not None
    return event.instance


def _instance_key(event: Vevent) -> str:
    return render(_instance_of(event))
