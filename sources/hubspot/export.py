"""HubSpot's exports, and what was fetched: which files are ours, and what they hold.

Who finds does not need the readers, and where there is no table not even what knows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sources._archive import Tree
from sources.hubspot.manner import manner
from sources.live.scope import FOLDER
from sources.live.segments import SUFFIX as LANDED
from sources.protocol import Found, Part, ReaderOptions, Unit, Yielded
from sources.records import Kind

_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")
_OLD_SUFFIX = ".xls"
_VENDOR_NAME = "hubspot-crm-exports-"


class HubSpotExport:
    """Deals, companies, contacts and activities: exports told apart by their columns, never by
    a file's name, and what the API said. Raises `ValueError` for labels in the options that
    cannot be used.
    """

    name = "hubspot"
    version = 4
    kinds: tuple[Kind, ...] = (
        "hubspot_deals",
        "hubspot_companies",
        "hubspot_contacts",
        "hubspot_activities",
    )

    def __init__(self, options: ReaderOptions) -> None:
        self._options = options
        self._manner = manner(options)

    @property
    def settings(self) -> tuple[str | None, ...]:
        given = self._options
        return (given.hubspot_timezone, given.hubspot_date_order, given.hubspot_labels)

    def discover(self, tree: Tree) -> Iterable[Found]:
        """Read the headers of tables. What is clearly not HubSpot's is left alone."""
        if any(f"{FOLDER}/{self.name}/" in file.path for file in tree.files):
            from sources.hubspot.landed import landed_units

            yield from landed_units(tree)
        for file in tree.files:
            if not file.path.lower().endswith((*_SUFFIXES, _OLD_SUFFIX)):
                continue
            from sources.hubspot.files import old_workbook, recognised

            shown = tree.display(file.path)
            named = _named(shown)
            if file.path.lower().endswith(_SUFFIXES):
                yield from recognised(tree, file, self.name, self._manner, named=named)
            elif named:
                yield old_workbook(shown)

    def read(self, unit: Unit, tree: Tree) -> Iterator[Yielded]:
        """Yield an item for each row or object, or a problem; at the end the account."""
        if unit.files[0].path.endswith(LANDED):
            from sources.hubspot.landed import read_landed

            return read_landed(unit, tree, self._manner)
        from sources.hubspot.files import read_file

        return read_file(unit, tree, self._manner)

    def merge(self, parts: Sequence[Part]) -> Iterator[Yielded]:
        """Make one item of the rows about one record, whatever columns each export had."""
        from sources.hubspot.merge import merged_records

        return merged_records(parts)


def _named(shown: str) -> bool:
    """Whether the file, or a zip around it, has the name that HubSpot gives."""
    names = (part.rpartition("/")[2] for part in shown.lower().split("!"))
    return any(name.startswith(_VENDOR_NAME) for name in names)
