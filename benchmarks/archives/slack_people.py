"""Who writes in a generated Slack workspace, and where."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.account.words import ENGLISH, LANGUAGES, Language, stranger

TEAM = "T0FERN0001"
PARTNER = "T0ACORN002"
SLACKBOT = "USLACKBOT"
_MEMBERS = 240
_EXTERNALS = 30
_BOTS = 12


@dataclass(frozen=True)
class Member:
    """Somebody, and the name that is shown. ``listed`` stands in ``users.json``."""

    id: str
    shown: str
    language: Language
    entry: dict[str, Any]
    email: str = ""
    listed: bool = True

    @property
    def told(self) -> dict[str, Any]:
        """Who they are to the conversations they are in."""
        entry = self.entry
        kind = "bot" if entry["is_bot"] else "guest" if entry["is_restricted"] else "member"
        told: dict[str, Any] = {"id": self.id, "name": self.shown}
        told |= {"kind": kind if self.listed else "external", "organisation": entry["team_id"]}
        if self.email:
            told["email"] = self.email
        if entry["deleted"] and self.listed:
            told["deactivated"] = True
        return told

    @property
    def profile(self) -> dict[str, Any]:
        """What each of their messages says of them."""
        told = self.entry["profile"]
        return {
            "avatar_hash": f"g{self.id.lower()}",
            "image_72": f"https://avatars.acme.example/{self.id}/72.png",
            "first_name": told["real_name"].partition(" ")[0],
            "real_name": told["real_name"],
            "display_name": told["display_name"],
            "team": self.entry["team_id"],
            "name": self.entry["name"],
            "is_restricted": self.entry["is_restricted"],
            "is_ultra_restricted": False,
        }


@dataclass(frozen=True)
class Workspace:
    """Members, people of another organisation, and bots."""

    members: tuple[Member, ...]
    externals: tuple[Member, ...]
    bots: tuple[Member, ...]

    @property
    def listed(self) -> list[dict[str, Any]]:
        """What ``users.json`` holds."""
        return [who.entry for who in (*self.members, *self.bots)]


def workspace() -> Workspace:
    """Always the same one."""
    rng = Random("slack:people")  # noqa: S311 - not for secrets
    return Workspace(
        members=tuple(_member(rng, f"U0MEM{n:05}", TEAM) for n in range(_MEMBERS)),
        externals=tuple(_member(rng, f"U0EXT{n:05}", PARTNER) for n in range(_EXTERNALS)),
        bots=tuple(_bot(n) for n in range(_BOTS)),
    )


def _member(rng: Random, user_id: str, team: str) -> Member:
    language = rng.choice(LANGUAGES)
    real = stranger(rng, language)
    handle = f"user.{user_id[-5:]}"
    display = rng.choice((real.partition(" ")[0], handle, "", "", "  "))
    listed = team == TEAM
    email = f"{handle}@fernhollow.example" if listed and rng.random() < 0.8 else ""
    entry = _entry(user_id, team, handle, real, display)
    entry["deleted"] = rng.random() < 0.1
    entry["is_restricted"] = rng.random() < 0.05
    if email:
        entry["profile"]["email"] = email.capitalize()
    return Member(user_id, display.strip() or real, language, entry, email, listed)


def _bot(number: int) -> Member:
    name = f"{ENGLISH.words[number].capitalize()} Watcher"
    entry = _entry(f"U0BOT{number:05}", TEAM, f"watcher{number}", name, "")
    entry["is_bot"] = True
    entry["profile"] |= {"bot_id": f"B0BOT{number:05}", "api_app_id": f"A0APP{number:05}"}
    return Member(entry["id"], name, ENGLISH, entry)


def _entry(user_id: str, team: str, handle: str, real: str, display: str) -> dict[str, Any]:
    profile = {
        "title": "",
        "phone": "",
        "skype": "",
        "real_name": real,
        "real_name_normalized": real,
        "display_name": display,
        "display_name_normalized": display,
        "fields": [],
        "status_text": "",
        "status_emoji": "",
        "avatar_hash": f"g{user_id.lower()}",
        "image_72": f"https://avatars.acme.example/{user_id}/72.png",
        "team": team,
    }
    return {
        "id": user_id,
        "team_id": team,
        "name": handle,
        "deleted": False,
        "real_name": real,
        "tz": "Europe/Madrid",
        "tz_offset": 3600,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": False,
        "is_app_user": False,
        "updated": 1717000000,
    }
