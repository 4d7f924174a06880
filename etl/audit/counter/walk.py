"""Where files are: folders, zips, zips in zips; and who counts each."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Collection
from functools import partial
from operator import attrgetter
from pathlib import Path

from etl.audit.counter.answers import live
from etl.audit.counter.calendars import calendar
from etl.audit.counter.entries import SlackLists, json_file
from etl.audit.counter.met import Found, Opener, Unpack, Untold
from etl.audit.counter.pages import telegram_page
from etl.audit.counter.tables import table

ATTACHED = {
    *("photos", "files", "video_files", "voice_messages", "round_video_messages", "stickers"),
    *("contacts", "profile_pictures", "stories", "attachments", "__uploads", "__avatars"),
}
"""Folders beside pages or day files: what people sent each other is no export."""


def count(
    place: Path,
    label: str = "",
    unpack: Unpack | None = None,
    leave_out: Collection[Path] = (),
) -> Found:
    """All that a folder or one archive holds. ``label`` stands before every path; ``unpack``
    opens landed answers, which are compressed in a way the standard library cannot read;
    ``leave_out`` are files and folders that are none of it.
    """
    files: dict[str, Opener] = {}
    if place.is_dir():
        root = place.absolute()
        left_out = {path.absolute() for path in leave_out}
        pending = [root]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(folder) as listed:
                    entries = sorted(listed, key=attrgetter("name"))
            except OSError as error:  # closed, or its path is too long: the others are counted
                yield Untold(f"{label}{_below(folder, root)}/", _unread(error))
                continue
            for entry in entries:
                path = Path(entry.path)
                if path in left_out or path.name == "__MACOSX":
                    continue
                if entry.is_dir(follow_symlinks=False):
                    pending.append(path)
                elif entry.is_file(follow_symlinks=False):
                    files[_below(path, root)] = _opening(path)
                else:
                    yield Untold(label + _below(path, root), "a link, or no file: not followed")
    else:
        files[place.name] = _opening(place)
    yield from _tree(label, files, unpack)


def _opening(path: Path) -> Opener:
    return lambda: path.open("rb")


def _tree(label: str, files: dict[str, Opener], unpack: Unpack | None, depth: int = 0) -> Found:
    names: dict[str, set[str]] = {}
    for path in files:
        folder, _, name = path.rpartition("/")
        names.setdefault(folder, set()).add(name)
    lists = SlackLists(files)
    attached = 0
    for path in sorted(files, key=_natural):
        name = path.rpartition("/")[2]
        if name.startswith(("._", ".DS_Store")) or "__MACOSX/" in path:
            continue
        if _is_attached(path, names):
            attached += 1
            continue
        try:
            if _is_zip(name, files[path]):
                yield from _zip(label + path, files[path], unpack, depth)
            else:
                yield from _file(label + path, path, files[path], lists, label, unpack)
        except Exception as error:  # whatever a file holds, the others are counted
            yield Untold(label + path, _unread(error))
    if attached:
        yield Untold(label, f"{attached} files sent in chats, which are no exports")


def _below(path: Path, root: Path) -> str:
    return _shown(path.relative_to(root).as_posix())


def _unread(error: Exception) -> str:
    return f"cannot be read ({type(error).__name__})"


def _shown(path: str) -> str:
    """A path as text, whatever bytes the disk holds."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _natural(path: str) -> list[tuple[int, str]]:
    return [(int(part or 0), other) for other, part in re.findall(r"(\D*)(\d{0,9})", path)]


def _is_attached(path: str, names: dict[str, set[str]]) -> bool:
    parts = path.split("/")[:-1]
    for at, part in enumerate(parts):
        beside = names.get("/".join(parts[:at]), set())
        if part in ATTACHED and any(name.endswith((".html", ".htm", ".json")) for name in beside):
            return True
        if part in ATTACHED and at and re.fullmatch(r"chat_\d+", parts[at - 1]):
            return True
    return False


def _is_zip(name: str, opened: Opener) -> bool:
    with opened() as stream:
        head = stream.read(4)
    return head in (b"PK\x03\x04", b"PK\x05\x06") and not name.lower().endswith(".xlsx")


def _zip(shown: str, opened: Opener, unpack: Unpack | None, depth: int) -> Found:
    if depth > 1:  # or one that holds itself would have no end
        yield Untold(shown, "a zip in a zip in a zip: not opened")
        return
    with opened() as stream, zipfile.ZipFile(stream, metadata_encoding="utf-8") as packed:
        inner: dict[str, Opener] = {
            _shown(info.filename): partial(packed.open, info)
            for info in packed.infolist()
            if not info.is_dir()
        }
        yield from _tree(f"{shown}!", inner, unpack, depth + 1)


def _file(
    shown: str, path: str, opened: Opener, lists: SlackLists, label: str, unpack: Unpack | None
) -> Found:
    with opened() as stream:
        head = stream.read(4096)
    name = path.rpartition("/")[2].lower()
    if name.endswith((".html", ".htm")):
        yield from telegram_page(shown, opened)
    elif name.endswith(".json"):
        yield from json_file(shown, path, opened, lists, label)
    elif name.endswith(".ics") or head.lstrip(b"\xef\xbb\xbf\r\n").startswith(b"BEGIN:VCALENDAR"):
        yield from calendar(shown, opened)
    elif name.endswith((".csv", ".tsv", ".txt", ".xlsx")):
        yield from table(shown, opened)
    elif name.endswith(".jsonl.zst"):
        if unpack is None:
            yield Untold(shown, "answers of a live service, in zstd: not counted")
        else:
            yield from live(shown, unpack(opened()))
