"""The straightforward loop over a Slack export: ``json``, and a dictionary of people."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Facts = dict[str, Any]

_TYPES = {
    "channels.json": "public_channel",
    "groups.json": "private_channel",
    "mpims.json": "mpim",
    "dms.json": "im",
}
_REGULAR = {None, "file_share", "me_message", "thread_broadcast", "bot_message", "file_comment"}
_NO_MESSAGES = {"message_changed", "message_deleted"}
_TOKEN = re.compile(r"<([^<>]+)>")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\.json")


def read(root: Path) -> Iterator[tuple[Facts, list[Facts]]]:
    """Every conversation with its messages."""
    users = {user["id"]: user for user in json.loads((root / "users.json").read_bytes())}
    names = {who: _shown(user["profile"]) or user["name"] for who, user in users.items()}
    names["USLACKBOT"] = "Slackbot"
    for name, kind in _TYPES.items():
        for entry in json.loads((root / name).read_bytes()):
            folder = root / entry.get("name", entry["id"])
            files = sorted(path for path in folder.iterdir() if _DAY.fullmatch(path.name))
            entries = [raw for path in files for raw in json.loads(path.read_bytes())]
            yield _conversation(entry, kind, folder.name, entries, dict(names), users)


def _conversation(
    entry: Facts,
    kind: str,
    folder: str,
    entries: list[Facts],
    names: dict[str, str],
    users: dict[str, Facts],
) -> tuple[Facts, list[Facts]]:
    for raw in entries:  # people of other organisations bring their names
        if raw.get("user") not in names and "user_profile" in raw:
            names[raw["user"]] = _shown(raw["user_profile"]) or raw["user_profile"]["name"]
    wrote: dict[str, Facts] = {}
    messages: dict[str, Facts] = {}
    aliases = set(entry.get("previous_names", ()))
    hosts: Counter[str] = Counter()
    for raw in entries:
        if raw.get("ts") and raw.get("subtype") not in _NO_MESSAGES:
            messages[raw["ts"]] = message = _message(raw, names)
            wrote.setdefault(message["author_id"], raw)
            hosts.update(filter(None, map(_host, message.get("links", ()))))
            if raw.get("subtype") in ("channel_name", "group_name"):
                aliases |= {raw["old_name"], raw["name"]}
    ordered = [messages[ts] for ts in sorted(messages)]
    head = _listed(entry, kind, names) | _tally(entry, ordered, names)
    known = sorted({*entry["members"], *wrote})
    people = [_participant(who, names, users, wrote.get(who, {})) for who in known]
    evidence = {
        "aliases": sorted((aliases | {head["name"]}) - {head["chat_name"], entry["id"]}),
        "texts": [text for text in (head["topic"], head["purpose"]) if text],
        "emails": sorted({who["email"] for who in people if "email" in who}),
        "mentioned": sorted(hosts, key=lambda host: (-hosts[host], host))[:50],
    }
    return head | {"directory": folder, "people": people} | evidence, ordered


def _listed(entry: Facts, kind: str, names: dict[str, str]) -> Facts:
    """What the list tells of a conversation."""
    members = [names.get(who, who) for who in entry["members"]]
    name = entry.get("name", entry["id"])
    topic, purpose = (entry.get(about, {}).get("value", "") for about in ("topic", "purpose"))
    return {
        "key": f"slack:{entry['id']}",
        "channel_id": entry["id"],
        "name": name,
        "chat_name": ", ".join(sorted(set(members))) if kind in ("im", "mpim") else name,
        "chat_type": kind,
        "is_ext_shared": entry.get("is_ext_shared", False),
        "is_private": kind != "public_channel",
        "topic": _text(topic, names, [], []),
        "purpose": _text(purpose, names, [], []),
    }


def _tally(entry: Facts, messages: list[Facts], names: dict[str, str]) -> Facts:
    """What its messages come to."""
    service = sum(message["is_service"] for message in messages)
    members = (names.get(who, who) for who in entry["members"])
    people = sorted({*members, *(message["author"] for message in messages)})
    authors = {message["author"] for message in messages if not message["is_service"]}
    return {
        "message_count": len(messages),
        "regular_message_count": len(messages) - service,
        "service_message_count": service,
        "participants": people,
        "participant_count": len(people),
        "unique_authors": sorted(authors),
        "first_message_time": messages[0]["timestamp"] if messages else None,
        "last_message_time": messages[-1]["timestamp"] if messages else None,
    }


def _participant(who: str, names: dict[str, str], users: dict[str, Facts], raw: Facts) -> Facts:
    """Somebody by what the list says or, of people of other organisations, the message."""
    user = users.get(who)
    if user is None:
        facts = {"id": who, "name": names.get(who) or raw.get("username") or who}
        if "user_team" in raw:
            return facts | {"kind": "external", "organisation": raw["user_team"]}
        return facts | {"kind": "bot" if who == "USLACKBOT" or "bot_id" in raw else "unknown"}
    guest = user["is_restricted"] or user["is_ultra_restricted"]
    kind = "bot" if user["is_bot"] else "guest" if guest else "member"
    facts = {"id": who, "name": names[who], "kind": kind, "organisation": user["team_id"]}
    if email := user["profile"].get("email"):
        facts["email"] = email.lower()
    return facts | {"deactivated": True} if user["deleted"] else facts


def _host(link: str) -> str | None:
    if link.startswith("mailto:"):
        return link.partition("@")[2]
    return urlsplit(link).hostname


def _shown(profile: dict[str, str]) -> str:
    return profile.get("display_name", "").strip() or profile.get("real_name", "").strip()


def _moment(ts: str) -> str:
    seconds, _, fraction = ts.partition(".")
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%S}.{fraction:0<6}Z"


def _message(raw: Facts, names: dict[str, str]) -> Facts:
    subtype = raw.get("subtype")
    author_id = raw.get("user") or raw.get("bot_id")
    author: str | None = names.get(raw.get("user", ""))
    if author is None:
        author = raw.get("bot_profile", {}).get("name") or raw.get("username") or author_id
    links: list[str] = []
    mentions: list[str] = []  # ids
    text = _said(raw, names, links, mentions)
    service = subtype not in _REGULAR
    message = {
        "author": author,
        "text": text,
        "timestamp": _moment(raw["ts"]),
        "message_id": raw["ts"],
        "message_type": "service" if service else "regular",
        "is_service": service,
        "author_id": author_id,
    }
    if thread := raw.get("thread_ts"):
        message["thread_id"] = thread
        if thread != raw["ts"]:
            message["reply_to"] = thread
    if "files" in raw:
        message["media"] = [_file(file) for file in raw["files"]]
    if "reactions" in raw:
        message["reactions"] = [_reaction(reaction, names) for reaction in raw["reactions"]]
    if links:
        message["links"] = list(dict.fromkeys(links))
    if mentions:
        message["mention_ids"] = list(dict.fromkeys(mentions))
        message["mentions"] = list(dict.fromkeys(names.get(who, who) for who in mentions))
    if "edited" in raw:
        message["edited_at"] = _moment(raw["edited"]["ts"])
    if subtype == "tombstone":
        message["deleted"] = True
    if subtype:
        message["subtype"] = subtype
    return message


def _reaction(reaction: Facts, names: dict[str, str]) -> Facts:
    people = [names.get(user, user) for user in reaction["users"]]
    return {"emoji": f":{reaction['name']}:", "count": reaction["count"], "people": people}


def _file(file: Facts) -> Facts:
    if file["mode"] == "tombstone":
        return {"kind": "file", "missing": "deleted"}
    family = file["mimetype"].partition("/")[0]
    return {
        "kind": family if family in ("image", "video", "audio") else "file",
        "title": file["title"] or file["name"],
        "url": file["url_private"].partition("?")[0],
        "mime_type": file["mimetype"],
        "size": file["size"],
    }


def _said(raw: Facts, names: dict[str, str], links: list[str], mentions: list[str]) -> str:
    """The text; of programs what their blocks say, if that is more, or their attachments."""
    if raw["text"] and "bot_id" not in raw:
        return _text(raw["text"], names, links, mentions)
    if raw.get("blocks"):
        blocks = "\n".join(_block(block, names, links, mentions) for block in raw["blocks"]
                           if block["type"] != "divider")  # fmt: skip
        if len(blocks) > len(raw["text"]):
            return blocks
    if raw["text"]:
        return _text(raw["text"], names, links, mentions)
    if "attachments" in raw:
        return "\n".join(_attachment(card, names, links, mentions) for card in raw["attachments"])
    return "\n".join(file["title"] for file in raw.get("files", ()) if "title" in file)


def _text(markup: str, names: dict[str, str], links: list[str], mentions: list[str]) -> str:
    """Slack's markup as people see it."""

    def token(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        if target[0] == "@":
            mentions.append(target[1:])
            return f"@{names.get(target[1:], target[1:])}"
        if target[0] == "#":
            return f"#{label or target[1:]}"
        if target[0] == "!":
            return label or f"@{target[1:]}"
        links.append(_unescaped(target))
        return label or target.removeprefix("mailto:")

    return _unescaped(_TOKEN.sub(token, markup) if "<" in markup else markup)


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _block(block: Facts, names: dict[str, str], links: list[str], mentions: list[str]) -> str:
    parts = [block["text"]] if "text" in block else []
    parts += block.get("fields", []) + block.get("elements", [])
    return "\n".join(
        _text(part["text"], names, links, mentions) if part["type"] == "mrkdwn" else part["text"]
        for part in parts
    )


def _attachment(card: Facts, names: dict[str, str], links: list[str], mentions: list[str]) -> str:
    if link := card.get("title_link") or card.get("from_url"):
        links.append(link)
    lines = [card.get(part, "") for part in ("pretext", "title", "text")]
    for field in card.get("fields", ()):
        lines += field["title"], field["value"]
    lines.append(card.get("footer", ""))
    return "\n".join(_text(line, names, links, mentions) for line in lines if line)
