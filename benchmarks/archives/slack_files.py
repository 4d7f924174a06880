"""Files attached to Slack messages."""

from __future__ import annotations

from random import Random
from typing import Any

from benchmarks.archives.slack_people import TEAM, Member

_KINDS = (
    ("pdf", "application/pdf", "file"),
    ("png", "image/png", "image"),
    ("mp4", "video/mp4", "video"),
    ("csv", "text/csv", "file"),
)


def attach(rng: Random, who: Member, entry: dict[str, Any], facts: dict[str, Any]) -> None:
    """Give the message files; one without words is read by their titles."""
    made = [_file(rng, who) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
    entry["files"] = [file for file, _ in made]
    entry["upload"] = True
    facts["media"] = [media for _, media in made]
    if not facts["text"]:
        facts["text"] = "\n".join(media["title"] for _, media in made)
    elif rng.random() < 0.02:
        entry["files"].append({"id": "F0GONE0001", "mode": "tombstone"})
        facts["media"].append({"kind": "file", "missing": "deleted"})


def _file(rng: Random, who: Member) -> tuple[dict[str, Any], dict[str, Any]]:
    suffix, mime_type, kind = rng.choice(_KINDS)
    number, size = rng.randrange(10**6), rng.randrange(10**3, 10**8)
    title = f"Report {number}"
    url = f"https://files.slack.com/files-pri/{TEAM}-F{number:07}/report_{number}.{suffix}"
    file = {
        "id": f"F{number:07}",
        "created": 1717000000,
        "timestamp": 1717000000,
        "name": f"report_{number}.{suffix}",
        "title": title,
        "mimetype": mime_type,
        "filetype": suffix,
        "pretty_type": suffix.upper(),
        "user": who.id,
        "mode": "hosted",
        "editable": False,
        "size": size,
        "is_external": False,
        "is_public": True,
        "url_private": f"{url}?t=no-token-{number}",
        "url_private_download": f"{url}/download?t=no-token-{number}",
        "permalink": f"https://fernhollow.slack.com/files/{who.id}/F{number:07}/report",
    }
    media = {"kind": kind, "title": title, "url": url, "mime_type": mime_type, "size": size}
    return file, media
