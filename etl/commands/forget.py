"""``forget``: a chat, a person or a company leaves everything we wrote, and stays away."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Container, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from msgspec.structs import replace as replaced

from etl import clock, exits
from etl.commands import run as running
from etl.explaining import matching_as_run
from etl.locking import exclusive
from etl.logs import one_line
from etl.mapping.read import load_mapping
from etl.preflight import keep_apart
from etl.privacy.resolving import Found, find_chat, find_company, find_person, given
from etl.privacy.suppressed import Entry, Suppressed, What, list_of, load, save
from etl.privacy.sweeping import remove_state, sweep
from etl.privacy.terms import normal
from etl.sample import as_run
from etl.settings import Settings
from etl.terminal import say, say_lines, tell

_SHOWN = 20

Wanted = list[tuple[What, str]]


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Say what will be removed, remove it, and run. Or bring back what was forgotten."""
    wanted: Wanted = [("chat", text) for text in asked.chat or ()]
    wanted += [("person", text) for text in asked.person or ()]
    wanted += [("company", text) for text in asked.company or ()]
    if not wanted and not asked.undo:
        raise exits.Misused("forget takes --chat, --person or --company, each as often as needed")
    if not all(text.strip() for _, text in wanted):
        raise exits.Misused(
            "one of --chat, --person and --company is empty: give what it is called"
        )
    if settings.partial:
        raise exits.Misused("forget reaches everything: leave out --source and --limit")
    settings = replace(as_run(settings), live=False, credentials={})
    keep_apart(settings)
    return _undo(asked, settings, wanted) if asked.undo else _forget(asked, settings, wanted)


def _forget(asked: argparse.Namespace, settings: Settings, wanted: Wanted) -> int:
    path = list_of(settings.db_path)
    before = load(path)
    suppressed = before or Suppressed.new()
    listed = {entry.given: entry for entry in suppressed.entries}
    found = _found(settings, suppressed.key, wanted)
    missed = [one for one in found if one.is_nowhere and one.entry.given not in listed]
    if asked.dry_run or not asked.quiet:
        say_lines(_lines(settings, found, listed))
    if asked.dry_run:
        return exits.TROUBLE if missed else exits.OK
    if not _agreed(asked):
        return exits.OK
    for one in found:
        had = listed.get(one.entry.given)
        listed[one.entry.given] = one.entry if had is None else _together(had, one.entry)
    suppressed = replaced(suppressed, entries=tuple(listed.values()), unfinished=True)
    with exclusive([settings.db_path, settings.run_json], clock.now()):
        _refuse_change(path, before)
        save(path, suppressed)
        sweep(settings, suppressed)
        save(path, replaced(suppressed, unfinished=False))
    status = _run(asked, settings)
    for one in missed:
        said = "is on the list now, but was found nowhere; check how it is written"
        tell(f"run_etl: {one.what} {one_line(repr(one.text))} {said}")
    return status or (exits.TROUBLE if missed else exits.OK)


def _undo(asked: argparse.Namespace, settings: Settings, wanted: Wanted) -> int:
    """Let what was forgotten, or these of it, come back: the archives hold it."""
    path = list_of(settings.db_path)
    before = left = None
    if wanted:
        before = load(path)
        suppressed = before or Suppressed.new()
        gone = {given(suppressed.key, what, text) for what, text in wanted}
        kept = tuple(one for one in suppressed.entries if one.given not in gone)
        if len(kept) + len(gone) > len(suppressed.entries):
            raise exits.NoInput(f"{path}: not all of that is on the list; nothing is changed")
        left = replaced(suppressed, entries=kept) if kept else None
    if not path.exists():
        raise exits.NoInput(f"{path}: nothing was forgotten")
    say(f"{'these come' if wanted else 'all that was forgotten comes'} back; all is read again")
    if asked.dry_run or not _agreed(asked):
        return exits.OK
    with exclusive([settings.db_path, settings.run_json], clock.now()):
        if wanted:  # a list that is damaged may be removed, too
            _refuse_change(path, before)
        remove_state(settings.db_path)
        if left is None:
            path.unlink()
        else:
            save(path, left)
    return _run(asked, settings)


def _refuse_change(path: Path, before: Suppressed | None) -> None:
    """Raise `AlreadyRunning` where the list is not as it was when it was looked at: another
    `forget`, or a run that met more of a company, may have added to it since.
    """
    if load(path) != before:
        raise exits.AlreadyRunning(f"{path}: another run changed it meanwhile; run again")


def _found(settings: Settings, salt: bytes, wanted: Wanted) -> list[Found]:
    """All of it, looked up in what was read. Raises `NoInput` when nothing was."""
    since = clock.now()[:10]
    with matching_as_run(settings) as (matcher, state):
        if not [*state.query("SELECT 1 FROM units LIMIT 1")]:
            raise exits.NoInput(f"{settings.db_path}: nothing was read yet; run first")
        companies = load_mapping(settings.mapping, our_domains=settings.our_domains).companies
        return [
            find_chat(state, salt, text, since)
            if what == "chat"
            else find_person(state, salt, text, since)
            if what == "person"
            else find_company(state, matcher, salt, text, companies, since)
            for what, text in wanted
        ]


def _lines(settings: Settings, found: list[Found], listed: Container[str]) -> Iterator[str]:
    for one in found:
        yield f"{one.what} {one.text!r}"
        if one.also:
            yield f"  also called: {', '.join(sorted(one.also))}"
        if one.what == "person" and len(normal(one.text).split()) == 1 and "@" not in one.text:
            yield "  a single word: whoever is called so goes, and the word in every text"
        for kind, count in sorted(one.items.items()):
            yield f"  {kind}: {count:,} as a whole"
        if one.messages:
            yield f"  messages of theirs, or passed on from them: {one.messages:,}"
        if one.named:
            yield f"  records of others that name them, and stay without the name: {one.named:,}"
        if one.in_review:
            yield f"  in review, and perhaps another's, so they stay: {one.in_review:,}"
        if one.is_nowhere:
            known = one.entry.given in listed
            yield f"  {'already forgotten' if known else 'FOUND NOWHERE: check how it is written'}"
    archives = sorted({name for one in found for name in one.archives})
    if archives:
        yield f"these archives in {settings.data_dir} hold it, and are not touched: they are yours"
        yield from (f"  {name}" for name in islice(archives, _SHOWN))
        if len(archives) > _SHOWN:
            yield f"  and {len(archives) - _SHOWN:,} more"
    yield "what goes: the state, every output, earlier and partial ones too, and from logs and"
    yield "  labelled sheets whatever names it; then all is read again, without it"


def _agreed(asked: argparse.Namespace) -> bool:
    """Whether to go ahead. Nobody is asked who cannot answer."""
    if asked.yes or not sys.stdin.isatty():
        return True
    try:
        agreed = input("go ahead? [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:  # Ctrl-D
        agreed = False
    if not agreed:
        tell("nothing is changed")
    return agreed


def _run(asked: argparse.Namespace, settings: Settings) -> int:
    try:
        return running.run(asked, settings)
    except (exits.EtlError, exits.Interrupted):
        tell("run_etl: nothing of it is left; but the run that writes the output anew has failed")
        raise


def _together(had: Entry, more: Entry) -> Entry:
    """What was known of it when it was forgotten, and what is known now."""
    fields = ("names", "keys", "titles", "places")
    return replaced(
        had, **{name: tuple(sorted({*getattr(had, name), *getattr(more, name)})) for name in fields}
    )
