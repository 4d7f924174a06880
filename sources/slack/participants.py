"""Who belongs to a conversation or wrote in it: of us, a guest, of another organisation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from sources.records import Participant
from sources.slack.fields import mapping, string
from sources.slack.people import SLACKBOT, Names, is_guest

_NOTHING: Mapping[str, object] = {}


class Participants:
    """The people of one conversation by id, gathered while its messages are read.

    Whom the export lists is told by the list; of all others, people of Slack Connect
    above all, their own messages tell the workspace they are from.
    """

    def __init__(self, names: Names) -> None:
        self.settled: set[str | None] = {None}
        """Of whom no further message can tell more."""
        self.names = names
        self._found: dict[str, Participant] = {}

    def add(self, members: Iterable[str]) -> None:
        """Take those along who are listed as members."""
        for who in members:
            if who and who not in self._found:
                name = self.names.person(who) or who
                self._found[who] = self._listed(who) or self._unlisted(who, name, _NOTHING)

    def meet(self, who: str, name: str, raw: Mapping[str, object]) -> None:
        """Take along who wrote this."""
        listed = self._listed(who)
        known = self._found.get(who)
        if known is None or known.kind == "unknown":
            self._found[who] = known = listed or self._unlisted(who, name, raw)
        if listed or known.kind != "unknown":
            self.settled.add(who)

    def __iter__(self) -> Iterator[Participant]:
        """All of them, sorted by id."""
        return (self._found[who] for who in sorted(self._found))

    def _listed(self, who: str) -> Participant | None:
        people = self.names.people
        member = people.members.get(who)
        if member is None:
            return None
        team = member.enterprise or member.team
        kind = member.kind or ("unknown" if team and not people.home else "member")
        if kind != "bot" and self._elsewhere(team):
            kind = "external"
        return Participant(
            id=who,
            name=people.names[who],
            kind=kind,
            organisation=member.team or member.enterprise or None,
            email=people.emails.get(who),
            deactivated=member.deactivated,
        )

    def _unlisted(self, who: str, name: str, raw: Mapping[str, object]) -> Participant:
        profile = mapping(raw.get("user_profile"))
        told = (raw.get("user_team"), profile.get("team"), raw.get("source_team"))
        team = next(filter(None, map(string, told)), "")
        kind: Literal["member", "guest", "external", "bot", "unknown"] = "unknown"
        if who == SLACKBOT or raw.get("bot_id") or raw.get("subtype") == "bot_message":
            kind = "bot"
        elif self._elsewhere(team):
            kind = "external"
        elif team and self.names.people.home:
            kind = "guest" if is_guest(profile) else "member"
        return Participant(id=who, name=name, kind=kind, organisation=team or None)

    def _elsewhere(self, team: str) -> bool:
        home = self.names.people.home
        return bool(team and home) and team not in home
