"""Whether somebody else gets at people's conversations: folders that others may enter, that a
program copies elsewhere, that git would take in, or that lie on another machine.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

_SYNCED = {
    "Dropbox": re.compile(r"dropbox(?: ?\(.*\))?", re.IGNORECASE),
    "OneDrive": re.compile(r"onedrive(?: ?-.*)?", re.IGNORECASE),
    "Google Drive": re.compile(r"google ?drive(?:-.*)?|drivefs|my drive", re.IGNORECASE),
    "iCloud": re.compile(r"icloud ?drive|com~apple~clouddocs|mobile documents", re.IGNORECASE),
    "Nextcloud": re.compile(r"nextcloud|owncloud", re.IGNORECASE),
    "Box": re.compile(r"box(?:-box| sync)", re.IGNORECASE),
}
"""What the folder of a program that copies files elsewhere is called."""

_MARKERS = {
    ".dropbox": "Dropbox",
    ".dropbox.cache": "Dropbox",
    ".849C9593-D756-4E56-8D6E-42412F2A707B": "OneDrive",
    ".tmp.driveupload": "Google Drive",
    ".tmp.drivedownload": "Google Drive",
    ".sync_*.db": "Nextcloud",
    "._sync_*.db": "Nextcloud",
    ".owncloudsync.log": "Nextcloud",
    ".nextcloudsync.log": "Nextcloud",
    ".stfolder": "Syncthing",
    ".SyncArchive": "Resilio Sync",
}
"""What such a program leaves in the folder it copies."""

_REMOTE = re.compile(r"(?:nfs\d*|cifs|smb\w*|afs|ncpfs|9p|ceph|glusterfs|davfs|fuse\..+)\Z")
_ESCAPED = re.compile(r"\\([0-7]{3})")
"""How the system writes a blank in the name of a place."""
MOUNTS = Path("/proc/self/mounts")
"""Where the system says what is mounted, where it says it in a file."""
_GIT_SECONDS = 5


def warnings(folders: Iterable[Path], files: Iterable[Path] = ()) -> Iterator[str]:
    """A sentence for each trouble, with what to do. ``folders`` hold what is private, or will;
    ``files`` are some that are written.
    """
    wanted = [folder.absolute() for folder in folders]
    for folder in wanted:
        yield from _open_to_others(folder)
        yield from _copied(folder)
        yield from _remote(folder, MOUNTS)
    # Whatever archive will be put there; the folder itself may hold tracked files.
    held = [folder / "any.export" for folder in wanted]
    yield from _in_git([*held, *(path.absolute() for path in files)])


def _open_to_others(folder: Path) -> Iterator[str]:
    if os.name == "nt" or not _is_there(folder):  # a folder that we make is private
        return
    mode = folder.stat().st_mode
    above = [place.stat().st_mode for place in folder.resolve().parents]
    # Who cannot enter a folder above it does not reach it, whatever it allows itself.
    if mode & 0o005 and all(each & 0o001 for each in above):
        who = "everybody on this machine"
    elif mode & 0o050 and all(each & 0o011 for each in above):
        who = "its group"
    else:
        return
    yield f"{folder}: {who} can read it; run chmod -R go= {shlex.quote(str(folder))}"


def _copied(folder: Path) -> Iterator[str]:
    for place in (folder.resolve(), *folder.resolve().parents):
        name = next((n for n, pattern in _SYNCED.items() if pattern.fullmatch(place.name)), None)
        name = name or next((n for mark, n in _MARKERS.items() if any(place.glob(mark))), None)
        if name is not None:
            yield f"{folder}: lies in a folder that {name} copies elsewhere; move it out of {place}"
            return


def _remote(folder: Path, mounts: Path) -> Iterator[str]:
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    found = (0, "")
    for line in lines:
        _, where, kind, *_ = line.split(" ")
        where = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), where)
        if folder.resolve().is_relative_to(where) and len(where) >= found[0]:
            found = len(where), kind
    if _REMOTE.match(found[1]):
        yield (
            f"{folder}: lies on a network drive ({found[1]}), which others may reach and which may"
            " not lock; use a disk of this machine"
        )


def _in_git(paths: Iterable[Path]) -> Iterator[str]:
    """Whatever lies in a work tree that would take it in, a sentence for each folder."""
    told: set[Path] = set()
    for path in paths:
        folder = path.parent
        tree = next((p for p in (folder, *folder.parents) if _is_there(p / ".git")), None)
        if tree is not None and folder not in told and _ignored(tree, path) is False:
            told.add(folder)
            yield (
                f"{folder}: git would take what is put there into {tree}, and so share it; add it"
                " to .gitignore there, or move it away"
            )


def _is_there(path: Path) -> bool:
    """Whether it is, as far as we may look."""
    try:
        return path.exists()
    except OSError:
        return False


def _ignored(tree: Path, path: Path) -> bool | None:
    """Whether git leaves it out; None where git cannot be asked."""
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", tree, "check-ignore", "--quiet", "--", path],  # noqa: S607
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {0: True, 1: False}.get(done.returncode)
