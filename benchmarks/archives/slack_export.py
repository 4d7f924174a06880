"""A workspace's export, private conversations included, as Slack's own exporter lays it out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.archives.slack_messages import Said, Talk, moment
from benchmarks.archives.slack_people import Member, Workspace, workspace
from benchmarks.archives.slack_text import escaped
from benchmarks.archives.telling import Facts, Oracle

_DAYS_OF = ZoneInfo("America/Los_Angeles")
_TYPES = ("public_channel",) * 34 + ("private_channel",) * 12 + ("mpim",) * 4 + ("im",) * 10
_LISTS = {
    "public_channel": "channels.json",
    "private_channel": "groups.json",
    "mpim": "mpims.json",
    "im": "dms.json",
}
# The exporter breaks and indents its lines; this comes near, and the fast encoder can do it.
_LINES = (",\n        ", ": ")


@dataclass
class Seen:
    """What a conversation comes to, message by message."""

    authors: set[str] = field(default_factory=set)
    actors: set[str] = field(default_factory=set)
    programs: dict[str, str] = field(default_factory=dict)
    """Names of those that stand in no list, by id."""
    writers: set[str] = field(default_factory=set)
    hosts: Counter[str] = field(default_factory=Counter)
    regular: int = 0
    service: int = 0
    first: str | None = None
    last: str | None = None

    def add(self, said: Said) -> None:
        """Take an entry into account."""
        if said.facts is None:
            return
        service = said.facts["is_service"]
        self.service += service
        self.regular += not service
        (self.actors if service else self.authors).add(said.facts["author"])
        self.writers.add(said.facts["author_id"])
        if "user_profile" not in said.entry:
            self.programs[said.facts["author_id"]] = said.facts["author"]
        self.hosts.update(_host(url) for url in said.facts.get("links", ()))
        self.last = moment(said.when)
        self.first = self.first or self.last


@dataclass(frozen=True)
class Place:
    """A conversation. ``ghost`` is a member of whom nothing but an id is known."""

    number: int
    type: str
    id: str
    folder: str
    members: tuple[Member, ...]
    externals: tuple[Member, ...]
    bots: tuple[Member, ...]
    ghost: str = ""

    @property
    def topic(self) -> str:
        """What the channel is about."""
        return f"Pilot & rollout {self.number}" if self._has_topic else ""

    @property
    def _has_topic(self) -> bool:
        return self.type.endswith("channel") and self.number % 2 == 0

    @property
    def entry(self) -> dict[str, Any]:
        """How it stands in its list."""
        ids = [who.id for who in (*self.members, *self.externals)]
        entry: dict[str, Any] = {"id": self.id, "created": 1640000000, "members": ids}
        if self.ghost:
            ids.append(self.ghost)
        if self.type == "im":
            return entry
        note = {"creator": self.members[0].id, "last_set": 1640000000}
        return entry | {
            "name": self.folder,
            "creator": self.members[0].id,
            "is_archived": self.number % 9 == 0,
            "is_general": self.number == 0,
            "is_ext_shared": bool(self.externals),
            "previous_names": [f"was-{self.number}"] if self.number % 7 == 0 else [],
            "topic": note | {"value": escaped(self.topic)},
            "purpose": note | {"value": ""},
        }


def write(root: Path, messages: int, oracle: Oracle) -> None:
    """An export of that many messages in sixty conversations, most of them in a few."""
    people = workspace()
    places = [_place(number, kind, people) for number, kind in enumerate(_TYPES)]
    root.mkdir(parents=True)
    _dump(root / "users.json", people.listed)
    for kind, name in _LISTS.items():
        _dump(root / name, [place.entry for place in places if place.type == kind])
    _dump(root / "integration_logs.json", [])
    for place, count in zip(places, _sizes(len(places), messages), strict=True):
        _conversation(root / place.folder, place, count, oracle)


def _sizes(places: int, messages: int) -> list[int]:
    weights = [1 / (1 + place % 34) for place in range(places)]
    sizes = [max(1, int(messages * weight / sum(weights))) for weight in weights]
    sizes[0] += max(0, messages - sum(sizes))
    return sizes


def _place(number: int, kind: str, people: Workspace) -> Place:
    rng = Random(f"slack:place:{number}")  # noqa: S311 - not for secrets
    many = {"im": 2, "mpim": 4}.get(kind, 6 + number % 25)
    members = tuple(rng.sample(people.members, many))
    shared = kind == "public_channel" and number % 3 == 0
    folder = f"ext-partner-{number}" if shared else f"team-{number}"
    place_id = f"{'D' if kind == 'im' else 'G' if kind == 'mpim' else 'C'}0PLACE{number:03}"
    if kind == "im":
        folder = place_id
    elif kind == "mpim":
        folder = f"mpdm-{'--'.join(who.entry['name'] for who in members)}-1"
    return Place(
        number=number,
        type=kind,
        id=place_id,
        folder=folder,
        members=members,
        externals=tuple(rng.sample(people.externals, 3)) if shared else (),
        bots=tuple(rng.sample(people.bots, 2)) if kind.endswith("channel") else (),
        ghost="U0GHOST001" if shared else "",
    )


def _conversation(folder: Path, place: Place, messages: int, oracle: Oracle) -> None:
    folder.mkdir()
    key = f"slack:{place.id}"
    rng = Random(f"slack:talk:{place.number}")  # noqa: S311
    direct = place.type in {"im", "mpim"}
    externals = place.externals if messages > len(place.externals) else ()
    talk = Talk(rng, place.members, externals, place.bots, direct=direct)
    seen = Seen()
    for segment in talk.segments(messages):
        for day, said in groupby(segment, key=_day):
            _dump(folder / f"{day}.json", [one.entry for one in said])
        for one in segment:
            seen.add(one)
            if one.facts is not None:
                oracle.tell(f"{key}/{one.ts}", one.facts)
    oracle.tell(key, _head(place, externals, seen) | {"key": key} | _evidence(place, seen, talk))


def _day(said: Said) -> str:
    return said.when.astimezone(_DAYS_OF).date().isoformat()


def _head(place: Place, introduced: Sequence[Member], seen: Seen) -> Facts:
    members = [who.shown for who in (*place.members, *introduced)]
    members += [who.id for who in place.externals if who not in introduced]
    if place.ghost:
        members.append(place.ghost)
    people = sorted({*members, *seen.authors, *seen.actors})
    direct = place.type in {"im", "mpim"}
    return {
        "chat_name": ", ".join(sorted(set(members))) if direct else place.folder,
        "chat_type": place.type,
        "directory": place.folder,
        "message_count": seen.regular + seen.service,
        "regular_message_count": seen.regular,
        "service_message_count": seen.service,
        "participants": people,
        "participant_count": len(people),
        "unique_authors": sorted(seen.authors),
        "first_message_time": seen.first,
        "last_message_time": seen.last,
        "channel_id": place.id,
        "name": place.id if place.type == "im" else place.folder,
        "is_ext_shared": bool(place.externals),
        "is_private": place.type != "public_channel",
        "topic": place.topic,
        "purpose": "",
        "people": _people(place, introduced, seen),
    }


def _people(place: Place, introduced: Sequence[Member], seen: Seen) -> list[Facts]:
    """Members and whoever else wrote, by id."""
    people = {place.ghost: {"id": place.ghost, "name": place.ghost, "kind": "unknown"}}
    people |= {who.id: {"id": who.id, "name": who.id, "kind": "unknown"} for who in place.externals}
    people |= {who: {"id": who, "name": name, "kind": "bot"} for who, name in seen.programs.items()}
    known = (*place.members, *introduced, *(who for who in place.bots if who.id in seen.writers))
    people |= {who.id: who.told for who in known}
    return [people[who] for who in sorted(people) if who]


def _evidence(place: Place, seen: Seen, talk: Talk) -> Facts:
    aliases = [*place.entry.get("previous_names", ()), *talk.renamed]
    aliases += [f"old-name-{number + 1}" for number in range(len(talk.renamed))]
    if place.type == "mpim":
        aliases.append(place.folder)
    return {
        "aliases": sorted(set(aliases)),
        "texts": [place.topic] if place.topic else [],
        "emails": sorted(who.email for who in place.members if who.email),
        "mentioned": sorted(seen.hosts, key=lambda host: (-seen.hosts[host], host)),
    }


def _host(url: str) -> str:
    return url.split("/")[2] if "/" in url else url.partition("@")[2]


def _dump(path: Path, value: object) -> None:
    text = json.dumps(value, separators=_LINES).replace("/", "\\/")
    path.write_text(text, encoding="ascii", newline="\n")
