"""``quarantine``: what could not be read: all of it, one of it, and once more."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from etl import exits, quarantine
from etl.logs import one_line
from etl.quarantine import Entry
from etl.quarantine_shown import described, listed, outcome, retried
from etl.sample import as_run
from etl.settings import Settings
from etl.state import known_fingerprints
from etl.terminal import say_lines
from sources._archive import printable

log = logging.getLogger("etl")

_HOW = "quarantine takes list, show N|PATH, or retry [PATH...]"


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """List, show or retry. Raises `NoInput` for what is not there."""
    verb, *named = asked.operands or ["list"]
    place = as_run(settings)
    if verb == "list" and not named:
        say_lines(listed(_kept(place), place))
    elif verb == "show" and len(named) == 1:
        entries = _kept(place)
        for entry in _chosen(entries, named, place):
            say_lines((*described(entries.index(entry) + 1, entry, place), ""))
    elif verb == "retry":
        return _retry(asked, settings, place, named)
    else:
        raise exits.Misused(_HOW)
    return exits.OK


def _retry(
    asked: argparse.Namespace, settings: Settings, place: Settings, named: Sequence[str]
) -> int:
    """A run that reads these again, and what became of them."""
    from etl.commands import run

    before = _kept(place)
    entries = _chosen(before, named, place) if named else before
    if not entries:
        say_lines(["nothing is quarantined: there is nothing to retry"])
        return exits.OK
    again = {entry.path for entry in entries} | {e.unit for e in entries if e.unit is not None}
    try:
        status = run.run(asked, settings, again=again)
    except exits.NotWhole:
        _outcome(entries, place, quiet=asked.quiet)
        raise
    gone = _outcome(entries, place, quiet=asked.quiet)
    return exits.NoInput.exit_status if named and gone and status == exits.OK else status


def _outcome(entries: Sequence[Entry], place: Settings, *, quiet: bool) -> bool:
    """Say and log it. Returns whether something is not there any more."""
    sources = {entry.source for entry in entries if entry.source is not None}
    units = {name: {*known_fingerprints(place.db_path, name)} for name in sources}
    became = list(retried(entries, _kept(place), units, place.data_dir))
    for _, line in became:
        log.info("retried: %s", line)
    if not quiet:
        say_lines(("", *outcome(became)))
    return any(what == "gone" for what, _ in became)


def _kept(settings: Settings) -> tuple[Entry, ...]:
    entries = quarantine.read(settings.quarantine)
    if entries is None:
        raise exits.NoInput(f"{settings.quarantine}: no such file; a run leaves it, even if empty")
    return entries


def _chosen(
    entries: Sequence[Entry], named: Iterable[str], settings: Settings
) -> tuple[Entry, ...]:
    """The entries that are meant, each once. Raises `NoInput` for a name that means none."""
    found: dict[Entry, None] = {}
    for name in named:
        some = quarantine.chosen(entries, name) or _below(entries, name, settings.data_dir)
        if not some:
            raise exits.NoInput(f"{name}: not in quarantine; `quarantine list` says what is")
        found |= dict.fromkeys(some)
    return tuple(found)


def _below(entries: Sequence[Entry], name: str, data_dir: Path) -> tuple[Entry, ...]:
    """The entries of a path as the shell gives it, or as a terminal shows it."""
    shown = tuple(e for e in entries if name in {one_line(e.path), one_line(e.unit or "")})
    root = (data_dir.parent if data_dir.is_file() else data_dir).absolute()
    path = Path(name).absolute()
    if shown or not path.is_relative_to(root):
        return shown
    if path == root:
        return tuple(entries)
    return quarantine.chosen(entries, f"./{printable(path.relative_to(root).as_posix())}")
