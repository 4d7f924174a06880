"""What would stop the writing, found before an hour of reading; and what writing would destroy."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from etl import exits
from etl.privacy.suppressed import list_of
from etl.settings import Settings
from sources._durable import make_folder


def keep_apart(settings: Settings) -> None:
    """Refuse a file that would have to be two things at once: what is written would take the place
    of what is read. Raises `Misconfigured`.
    """
    named = [
        *(("--mapping", settings.mapping), ("--output", settings.written_output)),
        *((path.name, path) for path in settings.written[1:]),
        *(("--db-path", settings.db_path), ("--log-file", settings.log_file)),
        *((path.name, path) for path in (settings.fallback_output, list_of(settings.db_path))),
    ]
    seen: dict[Path, str] = {}
    for name, path in named:
        other = seen.setdefault(path.resolve(), name)
        if other != name:
            raise exits.Misconfigured(f"{path}: is both {other} and {name}; give each its own")


def make_room(settings: Settings) -> None:
    """Find out before an hour of reading what would stop the writing. Raises `CannotCreate`."""
    try:
        _refuse_what_stands_there(settings)
    except OSError as error:  # a folder above it may not be looked into
        raise exits.CannotCreate(exits.trouble(error)) from error
    for folder in {settings.written_output.parent, settings.db_path.parent}:
        try:
            make_folder(folder)
            _try_writing(folder)
        except OSError as error:
            said = f"cannot be written to ({error.strerror}); make it writable, or"
            if isinstance(error, FileExistsError | NotADirectoryError):
                said = "is no folder;"
            said = f"{folder}: {said} give --output and --db-path another place"
            raise exits.CannotCreate(said) from error


def _refuse_what_stands_there(settings: Settings) -> None:
    output, state = settings.written_output, settings.db_path
    for path in (*settings.written, settings.fallback_output, state):
        if path.is_dir():
            said = f"{path}: is a folder; move it, or give --output and --db-path others"
            raise exits.CannotCreate(said)
    for path, access in ((output, os.R_OK), (state, os.R_OK | os.W_OK)):
        if path.exists() and not os.access(path, access):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    if output.exists() and not _is_ours(output):
        raise exits.CannotCreate(f"{output}: exists and is no output; give --output another name")
    report = settings.run_json
    if report.is_file() and not output.exists() and not _is_report(report):
        said = f"{report}: exists and is no report of a run; give --output another folder"
        raise exits.CannotCreate(said)


def _is_ours(output: Path) -> bool:
    """Whether what stands where the output goes may be replaced: an earlier output, or
    nothing yet.
    """
    if not output.is_file():
        return False
    with output.open("rb") as stream:
        head = stream.read(16)
    return not head or head.startswith(b'{"metadata"')


def _is_report(path: Path) -> bool:
    """Whether an earlier run may have left it, one that wrote no output."""
    said = path.read_bytes()
    return not said or b'"etl_version"' in said


def _try_writing(folder: Path) -> None:
    probe = folder / ".etl-write-probe"
    probe.touch(mode=0o600)
    try:
        probe.write_bytes(bytes(4096))  # a full disk may take an empty file
    finally:
        probe.unlink(missing_ok=True)  # another run may be looking, too
