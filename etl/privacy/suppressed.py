"""The list of what was forgotten, so that no later run brings it back: a file beside the state
that outlives it, and holds salted hashes and no name.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal

import msgspec

from etl.exits import Misconfigured
from etl.files import replacing
from sources.records import Record

SUFFIX = ".forgotten"
_FORMAT = 1
_SALT_BYTES = 32
_REMEDY = (
    "put back a copy of it, or everybody forgotten comes back with `forget --undo`; nothing is"
    " read until then"
)

What = Literal["chat", "person", "company"]


class Entry(Record, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One thing asked to be forgotten. ``given`` stands for what was asked. ``names`` are of
    people, and taken out of every text; ``keys`` and ``titles`` are of items; ``places`` are
    what logs and paths call them.
    """

    what: What
    given: str
    since: str
    names: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


class Suppressed(Record, frozen=True, kw_only=True, gc=False):
    """The list. ``unfinished`` while what was written before it may still be there."""

    salt: str
    entries: tuple[Entry, ...] = ()
    unfinished: bool = False

    @classmethod
    def new(cls) -> Suppressed:
        """An empty one."""
        return cls(salt=os.urandom(_SALT_BYTES).hex())

    @property
    def key(self) -> bytes:
        """The salt as bytes."""
        return bytes.fromhex(self.salt)

    @property
    def asked(self) -> str:
        """A value that differs when something else was asked to be forgotten."""
        said = repr((self.salt, sorted((one.what, one.given) for one in self.entries)))
        return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()

    @property
    def digest(self) -> str:
        """A value that differs when anything in it does."""
        return hashlib.blake2b(msgspec.json.encode(self), digest_size=16).hexdigest()


class _File(Record, frozen=True, kw_only=True, gc=False):
    format: int
    check: str
    list: Suppressed


def list_of(state: Path) -> Path:
    """Where the list of a state lies."""
    return Path(f"{state}{SUFFIX}")


def load(path: Path) -> Suppressed | None:
    """The list, if there is one. Raises `Misconfigured` when it is damaged: nobody is brought
    back silently.
    """
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        said = f"cannot be read, and may list what was forgotten ({error.strerror})"
        raise Misconfigured(f"{path}: {said}; make it readable") from error
    try:
        found = msgspec.json.decode(data, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _damaged(path) from error
    if found.format != _FORMAT:
        said = "the list of what was forgotten is of another version"
        raise Misconfigured(f"{path}: {said}; run that version, or {_REMEDY}")
    if found.check != found.list.digest:
        raise _damaged(path)
    return found.list


def missing(path: Path) -> Misconfigured:
    """The complaint that a list was there when the state was written, and is no more."""
    return Misconfigured(f"{path}: the list of what was forgotten is gone; {_REMEDY}")


def _damaged(path: Path) -> Misconfigured:
    return Misconfigured(f"{path}: the list of what was forgotten is damaged; {_REMEDY}")


def save(path: Path, suppressed: Suppressed) -> None:
    """Write the list, durably. Raises ``OSError``."""
    file = _File(format=_FORMAT, check=suppressed.digest, list=suppressed)
    with replacing(path) as new:
        new.stream.write(msgspec.json.format(msgspec.json.encode(file), indent=1) + b"\n")
