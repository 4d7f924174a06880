"""Who is who: users and bots by id, from ``users.json`` and from the messages.

The name shown is the display name, else the real name of the profile, else the real
name, else the handle, else the id; blank ones do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import msgspec
import orjson

from sources.slack.fields import mapping, string

SLACKBOT = "USLACKBOT"
"""Slack's own voice, often missing from ``users.json``."""

_BUILT_IN = {SLACKBOT: "Slackbot"}


class Membership(NamedTuple):
    """What a list says of an account besides its name. ``owns``: the workspace is theirs;
    of other workspaces' people no list says that.
    """

    team: str
    enterprise: str
    kind: Literal["guest", "external", "bot"] | None
    deactivated: bool
    owns: bool


class People:
    """The members an export lists, by id. ``bots`` leads from a bot's id to its user's
    name; ``team`` is the workspace's id, by the users it lists itself; ``home`` holds every
    workspace and organisation that is not somebody else's: those that we were told, else
    several when ``grid`` says that an organisation lists them, none when nothing tells which.
    """

    def __init__(
        self,
        users: Iterable[object] = (),
        *,
        own: Iterable[object] = (),
        home: Iterable[str] = (),
        damaged: bool = False,
        grid: bool = False,
    ) -> None:
        self.names: dict[str, str] = {}
        self.emails: dict[str, str] = {}
        self.bots: dict[str, str] = {}
        self.members: dict[str, Membership] = {}
        self.damaged = damaged
        for user in users:
            self._add(mapping(user))
        ours = [member for member in self.members.values() if member.kind != "external"]
        teams = Counter(member.team for member in ours if member.team)
        enterprises = Counter(member.enterprise for member in ours if member.enterprise)
        owned = Counter(member.team for member in ours if member.team and member.owns)
        homes = set(teams) if grid else _only(_most(owned)) or _only(_most(teams))
        told = frozenset(home) if {*teams, *enterprises} & set(home) else frozenset()
        self.home = told or frozenset(homes | _only(_most(enterprises)))
        inner = Counter(filter(None, (string(mapping(user).get("team_id")) for user in own)))
        self.team = min(_most(inner or teams), default="")

    def _add(self, user: Mapping[str, object]) -> None:
        user_id = string(user.get("id"))
        if not user_id:
            return
        profile = mapping(user.get("profile"))
        self.names[user_id] = profile_name(profile) or _own_name(user) or user_id
        self.members[user_id] = _membership(user, user_id)
        email = string(profile.get("email")).strip().lower()
        if email:
            self.emails[user_id] = email
        bot_id = string(profile.get("bot_id"))
        if bot_id:
            self.bots[bot_id] = self.names[user_id]


class Names:
    """People and channels as one conversation can name them: those the export lists, and
    people of other organisations by what their own messages say of them.
    """

    def __init__(self, people: People, channels: Mapping[str, str]) -> None:
        self.people = people
        self.channels = channels
        self._learnt: dict[str, str] = {}

    def learn(self, profiles: Mapping[str, str | msgspec.Raw]) -> None:
        """Remember people whom the export does not list, by the first profile met."""
        for user_id, profile in profiles.items():
            if user_id in self.people.names or user_id in self._learnt:
                continue
            name = profile if isinstance(profile, str) else _name_of(profile)
            if name:
                self._learnt[user_id] = name

    def person(self, user_id: str) -> str | None:
        """The name of a user, or of a bot, when one is known."""
        return (
            self.people.names.get(user_id)
            or self._learnt.get(user_id)
            or self.people.bots.get(user_id)
            or _BUILT_IN.get(user_id)
        )

    def author(self, raw: Mapping[str, object]) -> tuple[str, str] | None:
        """Name and id of who wrote a message; ``None`` when it does not say at all."""
        user_id = string(raw.get("user")) or _commenter(raw)
        known = self.people.names.get(user_id)
        if known:
            return known, user_id
        bot_id = string(raw.get("bot_id"))
        profile = mapping(raw.get("user_profile"))
        name = (
            in_profile(profile)
            or self._learnt.get(user_id)
            or string(mapping(raw.get("bot_profile")).get("name")).strip()
            or string(raw.get("username")).strip()
            or self.person(user_id)
            or self.person(bot_id)
        )
        author_id = user_id or bot_id
        return (name or author_id, author_id) if name or author_id else None


def profile_name(profile: Mapping[str, object]) -> str:
    """The name in a profile, or nothing."""
    for key in ("display_name", "real_name"):
        name = string(profile.get(key)).strip()
        if name:
            return name
    return ""


def is_guest(raw: Mapping[str, object]) -> bool:
    """Whether somebody is let into some channels only, or into one."""
    return raw.get("is_restricted") is True or raw.get("is_ultra_restricted") is True


def _membership(user: Mapping[str, object], user_id: str) -> Membership:
    kind: Literal["guest", "external", "bot"] | None = "guest" if is_guest(user) else None
    if user.get("is_bot") is True or user_id == SLACKBOT:
        kind = "bot"
    elif user.get("is_stranger") is True:
        kind = "external"
    return Membership(
        team=string(user.get("team_id")),
        enterprise=string(mapping(user.get("enterprise_user")).get("enterprise_id")),
        kind=kind,
        deactivated=user.get("deleted") is True,
        owns=user.get("is_primary_owner") is True,
    )


def _most(counted: Counter[str]) -> set[str]:
    most = max(counted.values(), default=0)
    return {name for name, count in counted.items() if count == most}


def _only(names: set[str]) -> set[str]:
    """The names when there is one."""
    return names if len(names) == 1 else set()


def _own_name(user: Mapping[str, object]) -> str:
    return string(user.get("real_name")).strip() or string(user.get("name")).strip()


def in_profile(profile: Mapping[str, object]) -> str:
    """The name in the profile on somebody's own message, which holds the handle, too."""
    return profile_name(profile) or string(profile.get("name")).strip()


def _name_of(profile: msgspec.Raw) -> str:
    try:
        return in_profile(mapping(orjson.loads(bytes(profile))))
    except orjson.JSONDecodeError:
        return ""


def _commenter(raw: Mapping[str, object]) -> str:
    # Comments on files, before 2018, name their author inside.
    return string(mapping(raw.get("comment")).get("user"))
