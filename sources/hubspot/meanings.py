"""What the ids in an object mean, from what was landed beside it: owners, pipelines and
their stages, the names of companies and contacts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from sources._archive import File, Tree
from sources.hubspot.known import Objects
from sources.hubspot.objects import ASSOCIATED, COMPANIES, CONTACTS, OWNERS, PIPELINES
from sources.live.segments import Segment, segments, stream_of


class Stage(NamedTuple):
    """``closed`` and ``won`` as a cell says them, blank when nobody does."""

    label: str
    closed: str
    won: str


class _Owner(msgspec.Struct):
    id: str
    email: str | None = None
    firstName: str | None = None  # noqa: N815 - the vendor's
    lastName: str | None = None  # noqa: N815 - the vendor's


class _Owners(msgspec.Struct):
    results: list[_Owner]


class _Stage(msgspec.Struct):
    id: str
    label: str = ""
    metadata: dict[str, Any] = {}


class _Pipeline(msgspec.Struct):
    id: str
    label: str = ""
    archived: bool = False
    stages: list[_Stage] = []


class _Pipelines(msgspec.Struct):
    results: list[_Pipeline]


class _Names(msgspec.Struct):
    name: Any = None
    firstname: Any = None
    lastname: Any = None
    email: Any = None


class _Named(msgspec.Struct):
    id: str
    properties: _Names


_named_in = Objects(_Named)
_owners = msgspec.json.Decoder(_Owners).decode
_pipelines = msgspec.json.Decoder(_Pipelines).decode


class Meanings:
    """What was last said of each id. ``several``: there is more than one pipeline, and so an
    export names a deal's behind its stage.
    """

    def __init__(self) -> None:
        self.owners: dict[str, str] = {}
        self.pipelines: dict[str, str] = {}
        self.stages: dict[tuple[str, str], Stage] = {}
        self.several = False
        self.companies: dict[str, str] = {}
        self.contacts: dict[str, str] = {}

    def learn(self, stream: str, raw: bytes) -> None:
        """Take an answer of one of the streams. Raises `msgspec.DecodeError`."""
        _LEARNING[stream](self, raw)

    def _learn_owners(self, raw: bytes) -> None:
        for owner in _owners(raw).results:
            name = f"{owner.firstName or ''} {owner.lastName or ''}".strip()
            self.owners[owner.id] = name or owner.email or owner.id

    def _learn_pipelines(self, raw: bytes) -> None:
        """An answer has all there are; those that were keep their names."""
        found = _pipelines(raw).results
        self.several = sum(not pipeline.archived for pipeline in found) > 1
        for pipeline in found:
            self.pipelines[pipeline.id] = pipeline.label or pipeline.id
            for stage in pipeline.stages:
                closed = str(stage.metadata.get("isClosed") or "").lower()
                chance = str(stage.metadata.get("probability") or "")
                won = {"1.0": "true", "1": "true"}.get(chance, "false") if closed else ""
                self.stages[pipeline.id, stage.id] = Stage(stage.label or stage.id, closed, won)

    def _learn_companies(self, raw: bytes) -> None:
        for found in filter(None, _named_in(raw)):
            self.companies[found.id] = _text(found.properties.name)

    def _learn_contacts(self, raw: bytes) -> None:
        """As an export writes them: the name, the address in brackets."""
        for found in filter(None, _named_in(raw)):
            said = found.properties
            name = f"{_text(said.firstname)} {_text(said.lastname)}".strip()
            email = _text(said.email)
            self.contacts[found.id] = f"{name} ({email})".strip() if email else name


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


_LEARNING: dict[str, Callable[[Meanings, bytes], None]] = {
    OWNERS: Meanings._learn_owners,
    PIPELINES: Meanings._learn_pipelines,
    COMPANIES.name: Meanings._learn_companies,
    CONTACTS.name: Meanings._learn_contacts,
}


def meanings(tree: Tree, files: Iterable[File]) -> Meanings:
    """What these segments tell. What cannot be read is a problem of whoever reads that stream
    as its own.
    """
    told = Meanings()
    for file in files:
        stream = stream_of(file.path)
        for segment in segments(tree, (file,)):
            if isinstance(segment, Segment):
                for said in segment.said:
                    if said.asked.get("method") != ASSOCIATED:
                        with suppress(msgspec.DecodeError):
                            told.learn(stream, said.raw)
    return told
