"""Which folders hold a chat, and which files belong to it.

An export is known by what its pages hold, never by a folder's name: people rename
both. Folders that a list of chats names are taken at its word, without opening a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sources._archive import Claims, File, Tree
from sources.errors import ArchiveError
from sources.protocol import Found, Ignored, Problem, Unit
from sources.telegram.json_shape import shape_of
from sources.telegram.lists import Entry, entries, is_chat_list, owner_of
from sources.telegram.page_files import FOREIGN, foreign, page_number

MEDIA_FOLDERS = (
    "photos",
    "files",
    "video_files",
    "voice_messages",
    "round_video_messages",
    "stickers",
    "contacts",
    "profile_pictures",
    "stories",
)
LOOKS_FOLDERS = ("css", "images", "js")

_DIGITS = re.compile(r"\d{1,9}", re.ASCII)
_HEAD = 16 * 1024
_LIST = "lists/chats.html"
_CONTENTS = "export_results.html"
_SHOWN = 5
_RESULT = "result.json"
_DAY_FILE = re.compile(r"\d{4}-\d\d-\d\d\.json", re.ASCII)
_CHAT_FOLDER = re.compile(r"chat_\d+/", re.ASCII)


class Discovery:
    """One pass over one tree."""

    def __init__(self, tree: Tree, source: str) -> None:
        self._tree = tree
        self._source = source
        self._folders: dict[str, list[File]] = {}
        self._json: dict[str, list[File]] = {}
        self._directories: set[str] = set()
        self._lists: dict[str, File] = {}
        self._listed: dict[str, tuple[str, Entry]] = {}
        self._owners: dict[str, str] = {}
        self._claims = Claims()
        self._settled: set[str] = set()
        self._units: set[str] = set()

    def run(self) -> Iterator[Found]:
        """Units, what belongs to them without being read, and false pages."""
        self._sort_files()
        for root, file in self._lists.items():
            yield from self._read_list(root, file)
        # What lies among the files of a chat was sent in it, and is no export of its own.
        inner = {folder for folder in self._json if _is_media(folder)}
        for folder in sorted(self._json.keys() - inner):
            yield from self._results(folder)
        for folder, files in sorted(self._folders.items()):
            if any(file.path not in self._claims for file in files):
                yield from self._folder(folder, files)
        for folder in sorted(inner):
            yield from self._results(folder)
        for root in self._lists:
            yield from self._absent(root)

    def _sort_files(self) -> None:
        for file in self._tree.files:
            end = file.path.rfind("/") + 1
            folder = file.path[:end]
            if file.path[end:].lower().endswith((".html", ".htm")):
                self._folders.setdefault(folder, []).append(file)
                if file.path == _LIST or file.path.endswith("/" + _LIST):
                    self._lists[file.path[: -len(_LIST)]] = file
            elif file.path[end:].lower().endswith(".json"):
                self._json.setdefault(folder, []).append(file)
            while folder and folder not in self._directories:
                self._directories.add(folder)
                folder = folder[: folder.rfind("/", 0, -1) + 1]

    def _read_list(self, root: str, file: File) -> Iterator[Found]:
        try:
            data = self._tree.read(file.path)
        except ArchiveError as error:
            yield Problem.of(error)
            return
        if not is_chat_list(data):
            yield Problem(
                path=self._tree.display(file.path),
                reason="foreign",
                detail="it is not Telegram's list of chats: types and halves stay unknown",
                remedy="Copy lists/chats.html from the export again.",
            )
            return
        if b"</html" not in data[-512:].lower():
            yield Problem(
                path=self._tree.display(file.path),
                reason="truncated",
                detail="the list of chats ends in the middle: what it says of the rest is lost",
                remedy="Copy lists/chats.html from the export again.",
            )
        for entry in entries(data):
            if entry.folder:
                self._listed[f"{root}{entry.folder}/"] = root, entry
        yield from self._belongings(root)

    def _read_owner(self, root: str) -> Iterator[Problem]:
        if root in self._owners:
            return
        self._owners[root] = ""
        for file in self._folders.get(root, ()):
            if file.path == root + _CONTENTS:
                try:
                    self._owners[root] = owner_of(self._tree.read(file.path))
                except ArchiveError as error:
                    yield Problem.of(error)

    def _folder(self, folder: str, files: list[File]) -> Iterator[Found]:
        heads: dict[str, bytes] = {}
        problems: list[Problem] = []
        named: list[File] = []
        others: list[File] = []
        for file in files:
            (others if page_number(file.path) is None else named).append(file)
        renamed = [file for file in others if self._is_page(file, heads, problems)]
        yield from problems
        problems = []
        known = bool(renamed) or (folder in self._listed and bool(named))
        if not known and not any(self._is_page(file, heads, problems) for file in named):
            yield from problems
            yield from self._foreign(named, problems)
            return
        self._units.add(folder)
        root = self._root(folder, heads)
        for base in dict.fromkeys((root, folder)):
            yield from self._belongings(base)
        yield from self._read_owner(root)
        yield self._unit(folder, root, named + renamed)

    def _results(self, folder: str) -> Iterator[Found]:
        """Exports as JSON. A folder of days, one file each, is another vendor's."""
        files = self._json[folder]
        days = [file for file in files if _DAY_FILE.fullmatch(file.path[len(folder) :])]
        skipped: set[str] = set()
        for file in files:
            if file.path in self._claims or file.path in skipped:
                continue
            found = list(self._result(folder, file))
            yield from found
            if not found and days and file is days[0]:
                skipped = {day.path for day in days}

    def _result(self, folder: str, file: File) -> Iterator[Found]:
        path = self._tree.display(file.path)
        is_named = file.path[len(folder) :] == _RESULT
        try:
            head = self._tree.head(file.path, _HEAD)
        except ArchiveError as error:
            if is_named:
                yield Problem.of(error)
            return
        shape = shape_of(head)
        if shape is None:
            if is_named:
                yield _no_result(path)
            return
        yield from self._belongings(folder)
        if shape == "account":
            yield from self._chat_folders(folder)
        root = self._shown(folder)
        yield Unit(
            source=self._source,
            name=path,
            locator=self._tree.locator,
            files=(file,),
            hints=(("root", root), ("directory", root), ("shape", shape)),
        )

    def _chat_folders(self, root: str) -> Iterator[Ignored]:
        """An account's chats keep their files in folders, with pages or without."""
        chats = root + "chats/"
        for folder in sorted(self._directories):
            if folder.startswith(chats) and _CHAT_FOLDER.fullmatch(folder[len(chats) :]):
                yield from self._belongings(folder)

    def _is_page(self, file: File, heads: dict[str, bytes], problems: list[Problem]) -> bool:
        """Whether the file begins like a page of messages; its head is kept if so."""
        try:
            head = self._tree.head(file.path, _HEAD)
        except ArchiveError as error:
            problems.append(Problem.of(error))
            return False
        # Where a list names every chat, no page is opened, and its grammar not needed.
        from sources.telegram.page import is_chat_page

        if is_chat_page(head):
            heads[file.path] = head
            return True
        return False

    def _root(self, folder: str, heads: dict[str, bytes]) -> str:
        """The export's folder: in a full one, two above the chat's, says the page head."""
        if folder in self._listed:
            return self._listed[folder][0]
        parts = folder.split("/")
        if len(parts) > 2 and any(b"../" + _LIST.encode() in head for head in heads.values()):
            return "".join(part + "/" for part in parts[:-3])
        return folder

    def _unit(self, folder: str, root: str, pages: list[File]) -> Unit:
        listed = self._listed.get(folder)
        hints = [("root", self._shown(root)), ("directory", self._shown(folder))]
        if root != folder:
            hints.append(("listed", "yes" if listed else "no"))
        if listed is not None:
            entry = listed[1]
            hints += [("name", entry.name), ("type", entry.chat_type), ("count", entry.count)]
        if self._owners[root]:
            hints.append(("owner", self._owners[root]))
        return Unit(
            source=self._source,
            name=self._shown(folder),
            locator=self._tree.locator,
            files=tuple(sorted(pages, key=_reading_order)),
            context=(self._lists[root],) if listed is not None else (),
            hints=tuple(hints),
        )

    def _shown(self, folder: str) -> str:
        return self._tree.display(folder.removesuffix("/")) or "."

    def _foreign(self, named: list[File], problems: list[Problem]) -> Iterator[Problem]:
        """Files called like pages that are none."""
        reported = {problem.path for problem in problems}
        for file in named:
            path = self._tree.display(file.path)
            if path not in reported:
                yield foreign(path)

    def _belongings(self, base: str) -> Iterator[Ignored]:
        """What lies beside the pages: media, looks, the other lists of a full export."""
        if base in self._settled:
            return
        self._settled.add(base)
        for names, reason in (
            (MEDIA_FOLDERS, "media of a Telegram export"),
            (LOOKS_FOLDERS, "looks of a Telegram export"),
        ):
            for name in names:
                if f"{base}{name}/" in self._directories:
                    yield self._ignore(f"{base}{name}/", reason)
        for file in self._folders.get(base + "lists/", ()):
            yield self._ignore(file.path, "list of a Telegram export")
        for file in self._folders.get(base, ()):
            if file.path == base + _CONTENTS:
                yield self._ignore(file.path, "contents page of a Telegram export")

    def _ignore(self, path: str, reason: str) -> Ignored:
        self._claims.add(path)
        return Ignored(path=self._tree.display(path), reason=reason)

    def _absent(self, root: str) -> Iterator[Problem]:
        """Chats that the list links to and that are not there."""
        listed = [f for f, (of, _) in self._listed.items() if of == root]
        absent = [folder for folder in listed if folder not in self._units]
        if absent:
            some = ", ".join(self._shown(folder) for folder in absent[:_SHOWN])
            more = ", ..." if len(absent) > _SHOWN else ""
            yield Problem(
                path=self._tree.display(root + _LIST),
                reason="missing_chats",
                detail=f"{len(absent)} of {len(listed)} chats listed are not there: {some}{more}",
                remedy="Copy the whole export again if they should be.",
            )


def _no_result(path: str) -> Problem:
    return Problem(
        path=path,
        reason="foreign",
        detail="it is called like an export as JSON but does not begin like one of Telegram's",
        remedy=FOREIGN,
    )


def _is_media(folder: str) -> bool:
    """Whether it lies in a folder that is called like one of a chat's attachments."""
    return any(part in MEDIA_FOLDERS for part in folder.split("/"))


def _reading_order(file: File) -> tuple[int, bool, tuple[int, ...], str]:
    """Numbers as numbers; a renamed page is nearly always the first one."""
    number = page_number(file.path)
    name = file.path.rpartition("/")[2]
    digits = () if number is not None else tuple(map(int, _DIGITS.findall(name)))
    return number or 1, number is None, digits, file.path
