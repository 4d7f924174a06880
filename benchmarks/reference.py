"""What most people would write: BeautifulSoup on `html.parser`, four threads, dicts,
`json.dump`. Correct on what the benchmark generates, and no straw man: it looks at direct
children only, never searches where it knows the way, and parses no time twice. It gives the
fields of the oracle. Shares nothing with the project's own reader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from benchmarks.reference_service import event

Facts = dict[str, Any]

THREADS = 4
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_DAY = re.compile(rf"(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})")
_TARGET = re.compile(r"go_to_message(-?\d+)$")
_VIA = re.compile(r"(.*?)\s+via @(\w+)", re.DOTALL)
_LENGTH = re.compile(r"(\d+):(\d\d)(?:,|$)")
_SECONDS = re.compile(r"\((\d+) seconds\)")
_WRAPS = {
    "photo_wrap": "photo",
    "sticker_wrap": "sticker",
    "animated_wrap": "animation",
    "video_file_wrap": "video",
}
_TITLED = {"Sticker": "sticker", "Animation": "animation", "Video message": "video_message"}
_REASONS = ("Not included", "Exceeds maximum size", "Unavailable")
_FIRST_MIGRATED = -900_000_000


def export(folder: Path) -> Iterator[tuple[str, list[Facts]]]:
    """Every chat of an export with its messages."""
    chats = sorted(path for path in (folder / "chats").iterdir() if path.is_dir())
    with ThreadPoolExecutor(THREADS) as pool:
        yield from zip((chat.name for chat in chats), pool.map(_chat, chats), strict=True)


def main(folder: Path, output: Path) -> None:
    """The whole pipeline: an export in, a JSON file out."""
    chats = {name: {"messages": messages} for name, messages in export(folder)}
    with output.open("w", encoding="utf-8") as file:
        json.dump({"chats": chats}, file, indent=2, ensure_ascii=False)


def _chat(folder: Path) -> list[Facts]:
    numbered = [(int(path.stem[8:] or 1), path) for path in folder.glob("messages*.html")]
    found: list[Facts] = []
    for _, path in sorted(numbered):
        found += page(path.read_bytes())
    return found


def page(data: bytes) -> list[Facts]:
    """The messages of a page."""
    soup = BeautifulSoup(data.decode(), "html.parser")
    history = soup.find("div", class_="history")
    assert isinstance(history, Tag), "not a page of messages"
    found: list[Facts] = []
    day: str | None = None
    before: Facts = {}
    for node in _children(history):
        names = _classes(node)
        if "message" not in names:
            continue
        number = int(str(node["id"])[7:])
        if "service" not in names:
            facts = _regular(node, number, before)
            found.append(facts)
            before = facts
            continue
        before = {}
        body = next(child for child in _children(node) if "body" in _classes(child))
        text = _text(body)
        if _FIRST_MIGRATED < number < 0 and (match := _DAY.fullmatch(text)):
            month = _MONTHS.index(match[2]) + 1
            day = f"{match[3]}-{month:02}-{int(match[1]):02}"
        else:
            found.append(_service(node, body, number, text) | {"date": day})
    return found


def _children(node: Tag) -> list[Tag]:
    return [child for child in node.contents if isinstance(child, Tag)]


def _classes(node: Tag) -> list[str]:
    names = node.attrs.get("class")
    return names if isinstance(names, list) else []


def _text(node: Tag) -> str:
    """The whole text of an element, line breaks kept."""
    if len(node.contents) == 1 and isinstance(node.contents[0], NavigableString):
        return str(node.contents[0]).strip()
    parts: list[str] = []
    for part in node.descendants:
        if isinstance(part, NavigableString):
            parts.append(part)
        elif isinstance(part, Tag) and part.name == "br":
            parts.append("\n")
    return "".join(parts).strip()


@lru_cache
def _offset(label: str) -> timedelta:
    hours, minutes = int(label[4:6]), int(label[7:9])
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if label[3] == "-" else offset


def _moment(printed: str) -> str:
    """``27.05.2021 18:04:00 UTC+02:00`` in UTC."""
    day, month, year = int(printed[:2]), int(printed[3:5]), int(printed[6:10])
    hour, minute, second = int(printed[11:13]), int(printed[14:16]), int(printed[17:19])
    wall = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - a wall time
    return f"{(wall - _offset(printed[20:])).isoformat()}Z"


def _service(node: Tag, body: Tag, number: int, text: str) -> Facts:
    actor, subtype, targets = event(text)
    facts: Facts = {"author": actor, "text": text, "timestamp": None, "message_id": str(number)}
    facts |= {"message_type": "service", "is_service": True, "subtype": subtype}
    if targets:
        facts["targets"] = targets
    for child in _children(body):
        if child.name == "a" and (target := _TARGET.search(str(child.get("href", "")))):
            facts["reply_to"] = target[1]
    for child in _children(node):
        if "userpic_wrap" in _classes(child):
            for link in _children(child):
                facts["media"] = [{"kind": "photo", "path": _path(link)}]
    return facts


def _regular(node: Tag, number: int, before: Facts) -> Facts:
    facts: Facts = {"author": None, "text": "", "timestamp": None, "message_id": str(number)}
    facts |= {"message_type": "regular", "is_service": False}
    for child in _children(node):
        if "body" in _classes(child):
            _body(child, facts, before)
    if facts["author"] is None:
        facts["author"] = before.get("author")
        if "via_bot" in before:
            facts["via_bot"] = before["via_bot"]
    if any(media["kind"] == "call" for media in facts.get("media", ())):
        facts["subtype"] = "call"
    return facts


def _body(body: Tag, facts: Facts, before: Facts) -> None:
    for child in _children(body):
        names = _classes(child)
        if "forwarded" in names:
            if "body" in names:
                _forwarded(child, facts, before)
        elif "date" in names:
            facts["timestamp"] = _moment(str(child["title"]))
        elif "from_name" in names:
            name = _text(child)
            if match := _VIA.fullmatch(name):
                name, facts["via_bot"] = match.groups()
            facts["author"] = name
        else:
            _content(child, names, facts)


def _forwarded(body: Tag, facts: Facts, before: Facts) -> None:
    facts["forwarded_from"] = before.get("forwarded_from")
    for child in _children(body):
        names = _classes(child)
        if "from_name" in names:
            for span in _children(child):
                facts["forwarded_at"] = _moment(str(span["title"]))
            own = [part for part in child.contents if isinstance(part, NavigableString)]
            facts["forwarded_from"] = "".join(own).strip()
        else:
            _content(child, names, facts)


def _content(node: Tag, names: list[str], facts: Facts) -> None:
    if "text" in names:
        facts["text"] = _text(node)
        _addresses(node, facts)
    elif "media_wrap" in names:
        facts["media"] = [_media(child) for child in _children(node)]
    elif "reply_to" in names:
        links = _children(node)
        if links and (target := _TARGET.search(str(links[0]["href"]))):
            facts["reply_to"] = target[1]
        else:
            facts["reply_elsewhere"] = True
    elif "signature" in names:
        facts["signature"] = _text(node)
    elif "reactions" in names:
        facts["reactions"] = [_reaction(child) for child in _children(node)]
    elif "bot_buttons_table" in names:
        facts["buttons"] = [_text(button) for button in node.find_all("div", class_="bot_button")]
        opened = [link["href"] for link in node.find_all("a") if link.get("href")]
        if opened:
            facts["links"] = list(dict.fromkeys((*facts.get("links", ()), *opened)))


def _addresses(node: Tag, facts: Facts) -> None:
    if not _children(node):
        return
    links: dict[str, None] = {}
    mentions: dict[str, None] = {}
    for link in node.find_all("a"):
        href, text = str(link.get("href", "")), link.get_text()
        by_name = "ShowMentionName" in str(link.get("onclick", ""))
        if by_name or (text.startswith("@") and href.startswith("https://t.me/")):
            mentions[text] = None
        elif href.startswith(("https://", "http://", "mailto:", "tel:", "tg://")):
            links[href] = None
    if links:
        facts["links"] = list(links)
    if mentions:
        facts["mentions"] = list(mentions)


def _reaction(node: Tag) -> Facts:
    facts: Facts = {}
    people: list[str] = []
    count: int | None = None
    for child in _children(node):
        names = _classes(child)
        if "emoji" in names:
            facts["emoji"] = _text(child)
        elif "userpics" in names:
            people = [str(pic["title"]) for pic in child.find_all("div", class_="initials")]
        elif "count" in names:
            count = int(_text(child))
    facts["count"] = len(people) if count is None else count
    return facts | {"people": people} if people else facts


def _media(node: Tag) -> Facts:
    names = _classes(node)
    if "media_poll" in names:
        return _poll(node)
    if "media_giveaway" in names:
        return _giveaway(node)
    for name in names:
        if name in _WRAPS:
            facts: Facts = {"kind": _WRAPS[name], "path": _path(node)}
            for child in _children(node):
                if "video_duration" in _classes(child):
                    facts["status"] = _text(child)
            return _timed(facts)
    return _generic(node, names)


def _generic(node: Tag, names: list[str]) -> Facts:
    kind = next(name.removeprefix("media_") for name in names if name.startswith("media_"))
    facts: Facts = {"kind": kind}
    for body in _children(node):
        if "body" in _classes(body):
            facts |= {_classes(line)[0]: _text(line) for line in _children(body)}
    if kind in {"photo", "video"}:
        facts["kind"] = _TITLED.get(facts["title"], kind)
    elif kind == "audio_file":
        facts["kind"] = "audio"
    if facts.get("description", "").startswith(_REASONS):
        facts["missing"] = facts.pop("description")
    elif facts.get("status") == "Expired":
        facts["missing"] = facts.pop("status")
    if href := str(node.get("href", "")):
        facts |= {"url": href} if href.startswith("https:") else {"path": _path(node)}
    return _timed(facts)


def _path(link: Tag) -> str:
    return str(link["href"]).removeprefix("../../")


def _timed(facts: Facts) -> Facts:
    status = facts.get("status", "")
    if match := _LENGTH.match(status):
        facts["duration_seconds"] = int(match[1]) * 60 + int(match[2])
    elif match := _SECONDS.search(status):
        facts["duration_seconds"] = int(match[1])
    return facts


def _poll(node: Tag) -> Facts:
    facts: Facts = {"kind": "poll", "options": []}
    votes: list[str] = []
    for child in _children(node):
        names = _classes(child)
        if "question" in names:
            facts["title"] = _text(child)
        elif "answer" in names:
            own = [part for part in child.contents if isinstance(part, NavigableString)]
            facts["options"].append("".join(own).strip().removeprefix("- "))
            votes.append("".join(_text(span) for span in _children(child)))
        elif "total" in names:
            facts["status"] = _text(child)
        else:
            facts["description"] = _text(child)
    if facts["description"] == "To-do List":
        facts["kind"] = "todo"
    return facts | {"votes": votes} if any(votes) else facts


def _giveaway(node: Tag) -> Facts:
    titles: list[str] = []
    bodies: list[str] = []
    for child in _children(node):
        (titles if "section_title" in _classes(child) else bodies).append(_text(child))
    return {"kind": "giveaway", "title": "\n".join(titles), "description": "\n".join(bodies)}
