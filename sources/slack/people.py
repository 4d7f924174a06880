"""Who is who: users and bots by id, from ``users.json`` and from the messages.

The name shown is the display name, else the real name of the profile, else the real
name, else the handle, else the id; blank ones do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import orjson

from sources.slack.fields import mapping, string

# Slack's own voice is often missing from users.json.
_BUILT_IN = {"USLACKBOT": "Slackbot"}


class People:
    """The members an export lists. ``bots`` leads from a bot's id to its user's name."""

    def __init__(self, users: Iterable[object] = (), *, damaged: bool = False) -> None:
        self.names: dict[str, str] = {}
        self.emails: dict[str, str] = {}
        self.bots: dict[str, str] = {}
        self.damaged = damaged
        teams: Counter[str] = Counter()
        for user in users:
            self._add(mapping(user), teams)
        # The most frequent one; of equals the first in the alphabet.
        self.team = min(teams, key=lambda team: (-teams[team], team), default="")

    def _add(self, user: Mapping[str, object], teams: Counter[str]) -> None:
        user_id = string(user.get("id"))
        if not user_id:
            return
        profile = mapping(user.get("profile"))
        self.names[user_id] = profile_name(profile) or _own_name(user) or user_id
        email = string(profile.get("email")).strip().lower()
        if email:
            self.emails[user_id] = email
        bot_id = string(profile.get("bot_id"))
        if bot_id:
            self.bots[bot_id] = self.names[user_id]
        team = string(user.get("team_id"))
        if team:
            teams[team] += 1


class Names:
    """People and channels as one conversation can name them: those the export lists, and
    people of other organisations by what their own messages say of them.
    """

    def __init__(self, people: People, channels: Mapping[str, str]) -> None:
        self.people = people
        self.channels = channels
        self._learnt: dict[str, str] = {}

    def learn(self, profiles: Mapping[str, bytes]) -> None:
        """Remember people whom the export does not list, by the first profile met."""
        for user_id, profile in profiles.items():
            if user_id in self.people.names or user_id in self._learnt:
                continue
            name = _profile_name_of(profile)
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
            profile_name(profile)
            or string(profile.get("name")).strip()
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


def _own_name(user: Mapping[str, object]) -> str:
    return string(user.get("real_name")).strip() or string(user.get("name")).strip()


def _profile_name_of(profile: bytes) -> str:
    try:
        value = mapping(orjson.loads(profile))
    except orjson.JSONDecodeError:
        return ""
    return profile_name(value) or string(value.get("name")).strip()


def _commenter(raw: Mapping[str, object]) -> str:
    # Comments on files, before 2018, name their author inside.
    return string(mapping(raw.get("comment")).get("user"))
