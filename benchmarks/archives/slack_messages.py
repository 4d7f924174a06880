"""The messages of one generated Slack conversation: what is written, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from benchmarks.account.words import ENGLISH, sentence
from benchmarks.archives.slack_bots import attached, carded, spoken
from benchmarks.archives.slack_files import attach
from benchmarks.archives.slack_people import PARTNER, SLACKBOT, TEAM, Member
from benchmarks.archives.slack_text import EMOJI, Text, escaped, text

Facts = dict[str, Any]

START = datetime(2022, 1, 3, 8, tzinfo=UTC)
_SEGMENT = 4000


@dataclass
class Said:
    """An entry of a day file and its facts; ``None``: it is no message."""

    when: datetime
    entry: dict[str, Any]
    facts: Facts | None
    replies: list[Said] = field(default_factory=list)

    @property
    def ts(self) -> str:
        """The name of the message."""
        return ts_of(self.when)


def ts_of(when: datetime) -> str:
    """``1452837318.000002``."""
    return f"{int(when.timestamp())}.{when.microsecond:06}"


def moment(when: datetime) -> str:
    """RFC 3339, six digits."""
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond:06}Z"


class Talk:
    """One conversation. ``renamed`` is what it was called before, once it was renamed."""

    def __init__(
        self,
        rng: Random,
        members: tuple[Member, ...],
        externals: tuple[Member, ...],
        bots: tuple[Member, ...],
        *,
        direct: bool,
    ) -> None:
        self.renamed: list[str] = []
        self._rng = rng
        self._members = members
        self._externals = externals
        self._people = (*members, *externals)
        self._bots = bots
        self._direct = direct
        self._when = START + timedelta(seconds=rng.randrange(10**6))
        self._pause = rng.choice((600, 1500, 4000))

    def segments(self, messages: int) -> Iterator[list[Said]]:
        """The entries in order of time; threads and days end where a segment does.

        People of other organisations come first, so that everybody is introduced.
        """
        done = 0
        while done < messages:
            wanted = min(_SEGMENT, messages - done)
            introduced = self._externals if not done else ()
            segment: list[Said] = []
            for number in range(wanted):
                self._pass_time()
                if number < len(introduced):
                    segment.append(self._human(introduced[number]))
                else:
                    segment.append(self._next(segment))
            _close_threads(segment)
            yield self._with_debris(segment)
            done += wanted
            self._when = self._when.replace(hour=12, minute=0, second=0) + timedelta(days=1)

    def _pass_time(self) -> None:
        rng = self._rng
        seconds = rng.randrange(2, self._pause if rng.random() < 0.97 else 40 * self._pause)
        self._when += timedelta(seconds=seconds)
        self._when = self._when.replace(microsecond=rng.randrange(10**6))

    def _next(self, segment: list[Said]) -> Said:
        chance = self._rng.random()
        if chance < 0.06 and not self._direct:
            return self._event()
        if chance < 0.16 and self._bots:
            return self._bot()
        said = self._human(self._rng.choice(self._people))
        if chance < 0.45:
            self._reply(said, segment)
        return said

    def _start(self, author: str | None, author_id: str, made: Text, said: str = "") -> Said:
        """What all messages have."""
        ts = ts_of(self._when)
        facts: Facts = {
            "author": author,
            "text": said or made.said,
            "timestamp": moment(self._when),
        }
        facts |= {"message_id": ts, "message_type": "regular", "is_service": False}
        facts["author_id"] = author_id
        if made.links:
            facts["links"] = list(made.links)
        if made.mentions:
            facts["mentions"] = list(made.mentions)
            facts["mention_ids"] = list(made.mention_ids)
        return Said(self._when, {"type": "message", "text": made.markup, "ts": ts}, facts)

    def _human(self, who: Member) -> Said:
        rng = self._rng
        made = text(rng, who.language, self._people)
        bare = rng.random() < 0.04
        said = self._start(who.shown, who.id, Text() if bare else made)
        team = TEAM if who.listed else PARTNER
        entry = said.entry
        entry |= {"client_msg_id": f"{rng.getrandbits(128):032x}", "user": who.id, "team": team}
        entry |= {"user_team": team, "source_team": team, "user_profile": who.profile}
        if not bare:
            entry["blocks"] = made.blocks
        assert said.facts is not None
        if bare or rng.random() < 0.05:
            attach(rng, who, entry, said.facts)
        if not bare and rng.random() < 0.03:
            self._unfurl(made, entry)
        if rng.random() < 0.08:
            self._react(entry, said.facts)
        if rng.random() < 0.05:
            edited = self._when + timedelta(seconds=rng.randrange(5, 900))
            entry["edited"] = {"user": who.id, "ts": f"{int(edited.timestamp())}.000000"}
            said.facts["edited_at"] = moment(edited.replace(microsecond=0))
        if rng.random() < 0.005:
            entry["subtype"] = said.facts["subtype"] = "me_message"
        return said

    def _unfurl(self, made: Text, entry: dict[str, Any]) -> None:
        for url in made.links:
            card = {"from_url": url, "title": "Acme docs", "title_link": url, "id": 1}
            card |= {
                "text": "All about it &amp; more",
                "fallback": "Acme docs",
                "original_url": url,
            }
            entry["attachments"] = [card]

    def _react(self, entry: dict[str, Any], facts: Facts) -> None:
        rng = self._rng
        entry["reactions"], facts["reactions"] = [], []
        for name in rng.sample(EMOJI, rng.choice((1, 1, 2, 3))):
            people = rng.sample(self._people, min(len(self._people), rng.choice((1, 2, 5))))
            count = len(people) + rng.choice((0, 0, 0, 7))
            users = [who.id for who in people]
            entry["reactions"].append({"name": name, "users": users, "count": count})
            shown = [who.shown for who in people]
            facts["reactions"].append({"emoji": f":{name}:", "count": count, "people": shown})

    def _reply(self, said: Said, segment: list[Said]) -> None:
        """Make it an answer: to something recent, rarely to what no file holds."""
        rng = self._rng
        parent = rng.choice(segment[-60:]) if segment else None
        if parent is None or rng.random() < 0.01:
            thread_ts = ts_of(START - timedelta(days=rng.randrange(1, 90)))
        elif parent.facts is None or parent.facts["is_service"] or "thread_ts" in parent.entry:
            return
        else:
            thread_ts = parent.ts
            parent.replies.append(said)
            said.entry["parent_user_id"] = parent.entry.get("user", SLACKBOT)
        assert said.facts is not None
        said.entry["thread_ts"] = thread_ts
        said.facts |= {"thread_id": thread_ts, "reply_to": thread_ts}
        if parent and parent.replies and rng.random() < 0.04 and "subtype" not in said.entry:
            said.entry["subtype"] = said.facts["subtype"] = "thread_broadcast"
            root = {name: parent.entry[name] for name in ("type", "text", "ts")}
            said.entry["root"] = root | {"thread_ts": thread_ts}

    def _bot(self) -> Said:
        rng = self._rng
        who = rng.choice(self._bots)
        way = rng.choice((spoken, carded, attached))
        made, parts, shown = way(rng, self._people)
        own: dict[str, Any]
        if way is attached:
            number = rng.randrange(9)
            name, hook = f"{ENGLISH.words[number].capitalize()} Hook", f"B0HOOK{number:04}"
            said = self._start(name, hook, made, shown)
            assert said.facts is not None
            said.facts["subtype"] = "bot_message"
            own = {"subtype": "bot_message", "username": name, "bot_id": hook}
            own["icons"] = {"emoji": ":robot_face:"}
        else:
            said = self._start(who.shown, who.id, made, shown)
            told = who.entry["profile"]
            profile = {"id": told["bot_id"], "name": who.shown, "app_id": told["api_app_id"]}
            own = {"user": who.id, "bot_id": told["bot_id"], "app_id": told["api_app_id"]}
            own |= {"team": TEAM, "bot_profile": profile | {"team_id": TEAM, "deleted": False}}
        said.entry |= own | parts
        return said

    def _event(self) -> Said:
        who = self._rng.choice(self._members)
        made = Text()
        make = self._rng.choice(_EVENTS)
        own = make(self, made, who)
        author, author_id = who.shown, who.id
        if own.get("user") == SLACKBOT:
            author, author_id = "Slackbot", SLACKBOT
        said = self._start(author, author_id, made)
        said.entry |= {"user": who.id} | own
        assert said.facts is not None
        said.facts |= {"message_type": "service", "is_service": True, "subtype": own["subtype"]}
        if own["subtype"] == "tombstone":
            said.facts |= {"deleted": True, "thread_id": said.ts}
            said.entry |= {"thread_ts": said.ts, "reply_count": 1, "reply_users_count": 1}
        return said

    def join(self, made: Text, who: Member) -> dict[str, Any]:
        """Somebody came, or left."""
        made.mention(who)
        joined = self._rng.random() < 0.8
        made.plain(" has joined the channel" if joined else " has left the channel")
        return {"subtype": "channel_join" if joined else "channel_leave"}

    def topic(self, made: Text, _: Member) -> dict[str, Any]:
        """Another topic, or purpose."""
        what = self._rng.choice(("topic", "purpose"))
        said = sentence(self._rng, ENGLISH, 5)
        made.plain(f"set the channel {what}: {said}")
        return {"subtype": f"channel_{what}", what: escaped(said)}

    def rename(self, made: Text, _: Member) -> dict[str, Any]:
        """Another name, no more than three times."""
        number = len(self.renamed)
        if number == 3:
            made.plain("archived the channel")
            return {"subtype": "channel_archive", "members": [who.id for who in self._members]}
        old, new = f"old-name-{number}", f"old-name-{number + 1}"
        self.renamed.append(old)
        made.plain(f'has renamed the channel from "{old}" to "{new}"')
        return {"subtype": "channel_name", "old_name": old, "name": new}

    def huddle(self, made: Text, who: Member) -> dict[str, Any]:
        """A call, whose message has no text."""
        del made
        room: dict[str, Any] = {"id": "R0HUDDLE1", "created_by": who.id, "date_start": 1700000000}
        room |= {"participants": [], "participant_history": [who.id], "name": ""}
        return {"subtype": "huddle_thread", "user": SLACKBOT, "room": room, "blocks": None}

    def tombstone(self, made: Text, _: Member) -> dict[str, Any]:
        """What is left of a deleted message that has answers."""
        made.plain("This message was deleted.")
        return {"subtype": "tombstone", "user": SLACKBOT, "hidden": True}

    def _with_debris(self, segment: list[Said]) -> list[Said]:
        """Now and then an entry that is no message."""
        result = []
        for said in segment:
            result.append(said)
            if self._rng.random() < 0.001:
                entry: dict[str, Any] = {"type": "message", "subtype": "message_changed"}
                entry |= {"hidden": True, "ts": said.ts, "message": said.entry, "text": ""}
                result.append(Said(said.when, entry, None))
        return result


_Event = Callable[[Talk, Text, Member], dict[str, Any]]
_EVENTS: tuple[_Event, ...] = (
    *(Talk.join,) * 14,
    *(Talk.topic, Talk.topic, Talk.huddle, Talk.tombstone, Talk.rename),
)


def _close_threads(segment: list[Said]) -> None:
    """Tell the parents of their replies."""
    for said in segment:
        if not said.replies:
            continue
        assert said.facts is not None
        authors = dict.fromkeys(reply.entry.get("user", SLACKBOT) for reply in said.replies)
        said.facts["thread_id"] = said.ts
        listed = [{"user": reply.entry.get("user"), "ts": reply.ts} for reply in said.replies]
        said.entry |= {
            "thread_ts": said.ts,
            "reply_count": len(said.replies),
            "reply_users_count": len(authors),
            "latest_reply": said.replies[-1].ts,
            "reply_users": list(authors),
            "replies": listed,
            "is_locked": False,
            "subscribed": False,
        }
