"""What the API said of the objects of one type: of each the place of its newest answer,
whether it is no more, and whom it is associated with. The same for whoever reads what was
landed, and for whoever asks what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from sources.hubspot.objects import ASSOCIATED, LISTED, NOT_FOUND, READ, ObjectType
from sources.hubspot.row import exact_id
from sources.live.segments import Said


class _Identified(Protocol):
    id: str


T = TypeVar("T", bound=_Identified)


class Links(msgspec.Struct, frozen=True, gc=False):
    """The objects of one type that an object is associated with. ``whole``: all of them."""

    ids: tuple[str, ...] = ()
    primary: str = ""
    whole: bool = True

    @property
    def ordered(self) -> tuple[str, ...]:
        """The main one first, the others by number: no answer promises an order."""
        if len(self.ids) < 2:
            return self.ids
        return tuple(sorted(self.ids, key=lambda each: (each != self.primary, len(each), each)))

    def and_those(self, more: Links) -> Links:
        """With what a further page names."""
        return Links((*self.ids, *more.ids), self.primary or more.primary, more.whole)

    def alike(self, other: Links) -> bool:
        """Whether both say the same, in whatever order."""
        return self.primary == other.primary and set(self.ids) == set(other.ids)


Place = tuple[int, int, int]
"""Segment, answer in it, object in that."""


class Known(msgspec.Struct, gc=False):
    """One object: when and where it was last said how it is, its traits as one number, and
    its associations by type.
    """

    place: Place
    said_at: str
    links: dict[str, Links]
    modified: str = ""
    deleted: bool = False
    traits: int = 0


class ApiObject(msgspec.Struct):
    """An object as the API says it."""

    id: str
    properties: dict[str, Any]
    archived: bool = False
    archivedAt: str | None = None  # noqa: N815 - the vendor's
    associations: dict[str, _Inline] = {}


class _Outline(msgspec.Struct):
    """The same, but for its properties, which stand unread."""

    id: str
    properties: msgspec.Raw
    archived: bool = False
    associations: dict[str, _Inline] = {}


class _Ref(msgspec.Struct):
    id: str
    type: str = ""


class _Inline(msgspec.Struct):
    results: list[_Ref] = []
    paging: Any = None


class _Error(msgspec.Struct):
    category: str = ""
    context: dict[str, list[str]] = {}


class _Objects(msgspec.Struct):
    results: list[msgspec.Raw]
    errors: list[_Error] = []


class _Type(msgspec.Struct):
    typeId: int  # noqa: N815 - the vendor's


class _To(msgspec.Struct):
    toObjectId: int | str  # noqa: N815 - the vendor's
    associationTypes: list[_Type] = []  # noqa: N815 - the vendor's


class _From(msgspec.Struct):
    id: str


class _Associated(msgspec.Struct, rename={"of": "from"}):
    of: _From
    to: list[_To]
    paging: Any = None


class _Associations(msgspec.Struct):
    results: list[_Associated]


class _Results(msgspec.Struct, Generic[T]):
    results: list[T]


_objects = msgspec.json.Decoder(_Objects).decode
_associations = msgspec.json.Decoder(_Associations).decode
_properties = msgspec.json.Decoder(dict[str, Any]).decode


class Objects(Generic[T]):
    """Reads the objects of an answer, each as a struct of this type, which has an ``id``."""

    def __init__(self, type_: type[T]) -> None:
        self._all = msgspec.json.Decoder(_Results[type_]).decode  # type: ignore[valid-type]
        self._one = msgspec.json.Decoder(type_).decode

    def __call__(self, raw: bytes) -> list[T | None]:
        """``None`` for what is none. Raises `msgspec.DecodeError`."""
        try:
            found: list[T | None] = self._all(raw).results
        except msgspec.DecodeError:
            found = [self._read(each) for each in _objects(raw).results]
        return [each if each is not None and exact_id(each.id) else None for each in found]

    def _read(self, raw: msgspec.Raw) -> T | None:
        with suppress(msgspec.DecodeError):
            return self._one(raw)
        return None


objects_in = Objects(ApiObject)
_outlines_in = Objects(_Outline)


class KnownObjects(dict[str, Known]):
    """All objects of a type by id. Answers are to be taken in the order they were given.
    ``missing`` are the ids of which an answer said that there is no such object. Only where
    it is to be ``compared`` with what is said next, what stands in the properties is learnt.
    """

    def __init__(self, type_: ObjectType, *, compared: bool = False) -> None:
        super().__init__()
        self.missing: set[str] = set()
        self._type = type_
        self._compared = compared

    def take(self, said: Said, said_at: str, segment: int = 0, line: int = 0) -> tuple[int, int]:
        """Learn from an answer, whatever it is about; return how many objects it holds, and how
        many more that are none. Raises `msgspec.DecodeError` for an answer of no known form.
        """
        asked = said.asked
        if asked.get("method") == ASSOCIATED:
            self._take_associations(said, said_at)
        elif asked.get("method") in {LISTED, READ}:
            objects = _outlines_in(said.raw)
            for number, found in enumerate(objects):
                if found is not None:
                    listed = asked.get("associations") or ()
                    self._take(found, (segment, line, number), said_at, listed)
            for lost in _missing(said.raw):
                self.missing.add(lost)
                if known := self.get(lost):
                    known.deleted, known.said_at = True, said_at
            bad = objects.count(None)
            return len(objects) - bad, bad
        return 0, 0

    def _take(self, found: _Outline, place: Place, said_at: str, listed: Iterable[str]) -> None:
        known = self.get(found.id)
        if known is None:
            known = self[found.id] = Known(place, said_at, {})
        known.place, known.said_at = place, said_at
        known.deleted = found.archived
        if self._compared:
            with suppress(msgspec.DecodeError):
                properties = _properties(found.properties)
                known.modified = str(properties.get(self._type.modified) or "")
                known.traits = _traits(properties, self._type)
        for target in listed:
            known.links[target] = self._inline(found.associations.get(target))

    def _inline(self, said: _Inline | None) -> Links:
        """An association stands there once for each of its labels."""
        if said is None:
            return Links()
        primary = (ref.id for ref in said.results if ref.type == self._type.primary)
        ids = tuple(dict.fromkeys(ref.id for ref in said.results))
        return Links(ids, next(primary, ""), said.paging is None)

    def _take_associations(self, said: Said, said_at: str) -> None:
        target = said.asked["to"]
        answers = {each.of.id: each for each in _associations(said.raw).results}
        for asked in said.asked["inputs"]:
            known = self.get(asked["id"])
            if known is None:
                continue
            answer = answers.get(asked["id"])
            links = self._links(answer) if answer else Links()
            before = known.links.get(target, Links())
            known.links[target] = before.and_those(links) if asked.get("after") else links
            known.said_at = said_at

    def _links(self, said: _Associated) -> Links:
        ids = tuple(str(each.toObjectId) for each in said.to)
        primary = (
            str(each.toObjectId)
            for each in said.to
            if any(type_.typeId == self._type.primary_id for type_ in each.associationTypes)
        )
        return Links(ids, next(primary, ""), said.paging is None)


def _traits(properties: Mapping[str, Any], type_: ObjectType) -> int:
    """A number that is another when anything is that was asked for."""
    values = ((name, properties.get(name)) for name in type_.properties)
    return hash(tuple((name, str(value)) for name, value in values if value))


def _missing(raw: bytes) -> Iterator[str]:
    """The ids of which an answer says that there is no such object."""
    if b'"errors"' in raw:
        for error in _objects(raw).errors:
            if error.category == NOT_FOUND:
                yield from error.context.get("ids", ())
