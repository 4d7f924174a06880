"""What is attached to a message: the children of ``media_wrap``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from selectolax.lexbor import LexborNode

from sources.records import Media
from sources.telegram.markup import attribute, classes, own, plain

# Exported pictures and clips are a link round a thumbnail, without any text.
WRAPS = {
    "photo_wrap": "photo",
    "sticker_wrap": "sticker",
    "animated_wrap": "animation",
    "video_file_wrap": "video",
}
# Everything else says what it is in a class, and shares some of those.
_KINDS = {
    "media_photo": "photo",
    "media_video": "video",
    "media_voice_message": "voice_message",
    "media_audio_file": "audio",
    "media_file": "file",
    "media_contact": "contact",
    "media_location": "location",
    "media_live_location": "live_location",
    "media_venue": "venue",
    "media_game": "game",
    "media_invoice": "invoice",
    "media_call": "call",
}
_TITLED = {"Sticker": "sticker", "Animation": "animation", "Video message": "video_message"}
_REASONS = ("Not included", "Exceeds maximum size", "Unavailable")
_EXPIRING = ("Please view it on your mobile", "Expired")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.\-]+:", re.IGNORECASE)
_LENGTH = re.compile(r"(\d+(?::[0-5]\d){1,2})(?:,|$)", re.ASCII)
_SECONDS = re.compile(r"\((\d{1,9}) seconds?\)", re.ASCII)
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
# Nearly every one: after the climb nothing but plain folders.
_INSIDE = re.compile(r"(?:\.\./)*+((?:[A-Za-z0-9_]++/)++[^./\\][^/\\]*+)\Z")
_CLIMB = re.compile(r"(?:\.\./)*+")
_STEPS = re.compile(r"[/\\]")
_VOTES = re.compile(r"^-\s*")


def media_of(wrap: LexborNode) -> tuple[Media, ...]:
    """Everything attached, in order; an element nobody knows is kept as ``unknown``."""
    return tuple(_media(child) for child in wrap.iter())


def _media(node: LexborNode) -> Media:
    names = classes(node)
    for name, kind in WRAPS.items():
        if name in names:
            return _exported(node, kind)
    if "media_poll" in names:
        return _poll(node)
    if "media_giveaway" in names:
        return _giveaway(node)
    return _generic(node, names)


def _exported(node: LexborNode, kind: str) -> Media:
    status = plain(node.css_first(".video_duration")) or None
    return exported(kind, attribute(node, "href"), status)


def exported(kind: str, href: str, status: str | None) -> Media:
    """A picture or clip that was exported."""
    return Media(
        kind=kind, status=status, path=path_in_export(href), duration_seconds=_duration(status)
    )


def _generic(node: LexborNode, names: frozenset[str]) -> Media:
    texts = _texts(node)
    title, description, status = (texts.get(n) for n in ("title", "description", "status"))
    return described(names, attribute(node, "href"), title, description, status)


def described(
    names: frozenset[str] | tuple[str],
    href: str,
    title: str | None,
    description: str | None,
    status: str | None,
) -> Media:
    """Anything that says what it is: in its class names, and in up to three lines."""
    kind = _kind(names)
    if kind in {"photo", "video"}:
        kind = _TITLED.get(title or "", kind)
    missing = None
    if description is not None and description.startswith(_REASONS):
        missing, description = description, None
    elif status in _EXPIRING:
        missing, status = status, None
    is_address = ":" in href and bool(_ADDRESS.match(href))
    return Media(
        kind=kind,
        title=title,
        description=description,
        status=status,
        path=None if is_address else path_in_export(href),
        url=href if is_address else None,
        duration_seconds=_duration(status),
        missing=missing,
    )


@lru_cache(maxsize=256)
def _kind(names: frozenset[str] | tuple[str]) -> str:
    for name, kind in _KINDS.items():
        if name in names:
            return kind
    return next((n[6:] for n in sorted(names) if n.startswith("media_")), "unknown")


def path_in_export(href: str) -> str | None:
    """Where a file lies, from the root of the export; none when that is outside of it.

    A page of a full account climbs to the root first: ``../../chats/chat_1/photos/a.jpg``.
    """
    if inside := _INSIDE.match(href):
        return inside[1]
    href = _CLIMB.sub("", href, count=1)
    if href.startswith(("/", "\\")) or _DRIVE.match(href) or ".." in _STEPS.split(href):
        return None
    return href or None


def _texts(node: LexborNode) -> dict[str, str | None]:
    """Title, description and status, from the block's own body."""
    found: dict[str, str | None] = {}
    for body in node.iter():
        if "body" not in classes(body):
            continue
        for line in body.iter():
            for name in ("title", "description", "status"):
                if name in classes(line):
                    found[name] = plain(line) or None
    return found


def _duration(status: str | None) -> int | None:
    if not status:
        return None
    if "(" in status and (match := _SECONDS.search(status)):
        return int(match[1])
    match = _LENGTH.match(status) if ":" in status else None
    if match is None:
        return None
    total = 0
    for part in match[1][:32].split(":"):
        total = total * 60 + int(part)
    return total


def _poll(node: LexborNode) -> Media:
    title = description = status = ""
    answers: list[tuple[str, str]] = []
    for child in node.iter():
        names = classes(child)
        if "question" in names:
            title = plain(child)
        elif "answer" in names:
            votes = plain(child.css_first(".details"))
            answers.append((plain(child).removesuffix(votes).strip(), votes))
        elif "total" in names:
            status = plain(child)
        elif "details" in names:
            description = plain(child)
    return poll(title, description, status, answers)


def poll(title: str, description: str, status: str, answers: Iterable[tuple[str, str]]) -> Media:
    """A poll, or a to-do list, which tdesktop writes as one; answers each with its votes."""
    options, votes = list(zip(*answers, strict=True)) or ((), ())
    return Media(
        kind="todo" if description == "To-do List" else "poll",
        title=title or None,
        description=description or None,
        status=status or None,
        options=tuple(_VOTES.sub("", option) for option in options),
        votes=votes if any(votes) else (),
    )


def _giveaway(node: LexborNode) -> Media:
    title = [plain(part) for part in node.css(".section_title")]
    lines = [plain(part) for part in node.css(".section_body")]
    return Media(
        kind="giveaway",
        title="\n".join(filter(None, title)) or own(node) or None,
        description="\n".join(filter(None, lines)) or None,
    )
