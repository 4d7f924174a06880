"""What somebody writes in an afternoon: pages of Telegram's through BeautifulSoup, into JSON.

It has the faults that such scripts have. A joined message has no name, so it has no author;
whatever is a ``div.message`` is a message; chats are known by their titles, and the last one of
a title is the one that stays.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag


def script(data: Path, result: Path) -> Path:
    """Write what it makes of the pages below a folder."""
    chats: dict[str, Any] = {}
    for path in sorted(data.rglob("messages*.html")):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        title = soup.select_one(".page_header .text.bold")
        assert title is not None
        chats[title.get_text(strip=True)] = {
            "messages": [_message(block) for block in soup.select("div.message")]
        }
    result.write_text(json.dumps({"chats": chats}, indent=2), encoding="utf-8")
    return result


def _message(block: Tag) -> dict[str, Any]:
    name, date = block.select_one(".from_name"), block.select_one(".date")
    text = block.select_one(".text")
    return {
        "message_id": block.get("id"),
        "author": name.get_text(strip=True) if name else "",
        "timestamp": date.get("title") if date else None,
        "text": text.get_text(strip=True) if text else "",
    }
