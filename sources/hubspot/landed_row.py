"""An object of the API as a row of an export with internal names, so that both become
records the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

import msgspec

from sources.hubspot.columns import Columns, understand
from sources.hubspot.known import ApiObject, Known, Links
from sources.hubspot.manner import Manner
from sources.hubspot.meanings import Meanings
from sources.hubspot.objects import ObjectType
from sources.hubspot.reading import MAKERS
from sources.hubspot.row import Origin, Row
from sources.hubspot.vocabulary import vocabulary
from sources.records import Finding, Item

_ASSOCIATED = {
    "companies": {
        "primary_company_ids": "associated company ids (primary)",
        "primary_company_names": "associated company (primary)",
        "company_ids": "associated company ids",
        "company_names": "associated company",
    },
    "contacts": {"contact_ids": "associated contact ids", "contact_names": "associated contact"},
    "deals": {"deal_ids": "associated deal ids"},
}
_NONE = Links()


class LandedRow(Row):
    """A row whose associations are known one by one, names with a ``;`` included."""

    __slots__ = ("_associated",)

    def __init__(
        self,
        cells: list[str],
        columns: Columns,
        manner: Manner,
        associated: Mapping[str, tuple[str, ...]],
    ) -> None:
        super().__init__(cells, columns, manner)
        self._associated = associated
        for field, several in associated.items():
            if several:
                self.cells[field] = ";".join(several)

    def ids(self, field: str) -> tuple[str, ...]:
        associated = self._associated.get(field)
        return super().ids(field) if associated is None else associated

    def paired(self, ids: str, names: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self._associated.get(ids, ()), self._associated.get(names, ())


class ObjectRows:
    """Makes an item of each object of one type."""

    def __init__(
        self,
        type_: ObjectType,
        manner: Manner,
        archive: str,
        meanings: Meanings,
        findings: tuple[Finding, ...],
    ) -> None:
        labels = [label for name in type_.associated for label in _ASSOCIATED[name].values()]
        columns = understand([*type_.properties, *labels], vocabulary(None))
        self._columns = cast("Columns", columns)
        self._names_contacts = self._columns.has("contact_names")
        self._blank = [""] * len(labels)
        self._type = type_
        self._manner = manner
        self._archive = archive
        self._meanings = meanings
        self._findings = findings
        self._maker = lru_cache(maxsize=8)(self._make_maker)

    def __call__(self, found: ApiObject, known: Known) -> Item:
        """The item of an object, and of what else is known of it."""
        values = map(found.properties.get, self._type.properties)
        cells = [value if type(value) is str else _text(value) for value in values]
        associated = self._associations(known.links)
        row = LandedRow([*cells, *self._blank], self._columns, self._manner, associated)
        self._resolve(row)
        if known.deleted:
            row.cells["modified"] = found.archivedAt or known.said_at
        if any(not links.whole for links in known.links.values()):
            row.note("associations_cut", "It has more associations than were fetched.")
        item = self._maker(known.said_at[:10])(row, found.id)
        if not known.deleted:
            return item
        return Item(summary=item.summary, head=msgspec.structs.replace(item.head, deleted=True))

    def _make_maker(self, day: str) -> Callable[[Row, str], Item]:
        """What was said on one day is as new as an export of it."""
        origin = Origin(
            archive=self._archive, exported=day, findings=self._findings, manner=self._manner
        )
        return MAKERS[self._type.kind](self._columns, origin)

    def _associations(self, links: Mapping[str, Links]) -> dict[str, tuple[str, ...]]:
        """By field, the ids and the names of those associated."""
        told = self._meanings
        found: dict[str, tuple[str, ...]] = {}
        for target in self._type.associated:
            ids = links.get(target, _NONE).ordered
            if target == "deals":
                found["deal_ids"] = ids
            elif target == "contacts":
                found["contact_ids"] = ids
                if self._names_contacts:
                    found["contact_names"] = _named(ids, told.contacts)
            else:
                found["company_ids"] = ids
                found["company_names"] = _named(ids, told.companies)
        return found

    def _resolve(self, row: Row) -> None:
        """Put words for ids, as an export does."""
        cells, told = row.cells, self._meanings
        if owner := cells["owner"]:
            cells["owner"] = _meaning(row, "owner", told.owners.get(owner))
        if "stage" not in cells or not cells["stage"]:
            return
        pipeline = told.pipelines.get(cells["pipeline"])
        stage = told.stages.get((cells["pipeline"], cells["stage"]))
        if stage:
            cells["closed"] = cells["closed"] or stage.closed
            cells["won"] = cells["won"] or stage.won
        label = stage and (f"{stage.label} ({pipeline})" if told.several else stage.label)
        cells["stage"] = _meaning(row, "stage", label)
        cells["pipeline"] = _meaning(row, "pipeline", pipeline)


def _meaning(row: Row, field: str, words: str | None) -> str:
    if words is None:
        row.note("id_unresolved", f"The {field} is an internal id that nothing landed explains.")
        return row.cells[field]
    return words


def _named(ids: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    if not ids:
        return ids
    return tuple(name for each in ids if (name := names.get(each)))


def _text(value: Any) -> str:
    """A value as a cell: all are text or nothing, or so it should be."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
