"""The words of an export: the built-in ones, and those that a settings file adds.

The file is TOML, a table for each object and one for words in cells::

    [deals]
    id = "Datensatz-ID"
    name = ["Dealname", "Name des Deals"]

    [words]
    won = "Gewonnen"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from sources.hubspot.labels import COMPANY_NAMES, FIELDS, TELLING, TYPICAL, VENDOR, WORDS, normal
from sources.records import Kind, Record

_OBJECTS: dict[str, Kind] = {kind.removeprefix("hubspot_"): kind for kind in FIELDS}
_Groups = dict[str, tuple[str, ...]]


class Vocabulary(Record, frozen=True, kw_only=True):
    """What labels and cells mean, spelt as `normal` does. ``further`` are the labels of the
    settings file, which go before the built-in ones.
    """

    meaning: Mapping[Kind, Mapping[str, str]]
    typical: Mapping[Kind, frozenset[str]]
    company_names: frozenset[str]
    ids: frozenset[str]
    vendor: frozenset[str]
    further: Mapping[Kind, frozenset[str]]
    words: Mapping[str, str]


@lru_cache(maxsize=8)
def vocabulary(text: str | None) -> Vocabulary:
    """The built-in words, with those of a settings file. Raises `ValueError`."""
    given = _parsed(text) if text else {}
    words = given.pop("words", {})
    labels: dict[Kind, _Groups] = {kind: {} for kind in FIELDS}
    labels |= {_OBJECTS[name]: fields for name, fields in given.items()}
    meaning = {kind: _turned(FIELDS[kind]) | _turned(labels[kind]) for kind in FIELDS}
    telling = {kind: frozenset(_flat(fields, TELLING[kind])) for kind, fields in labels.items()}
    ids = {label for fields in meaning.values() for label, field in fields.items() if field == "id"}
    return Vocabulary(
        meaning=meaning,
        typical={kind: TYPICAL[kind] | telling[kind] for kind in FIELDS},
        company_names=COMPANY_NAMES | {*_flat(labels["hubspot_companies"], {"name"})},
        ids=frozenset(ids),
        vendor=VENDOR.union(*telling.values()),
        further={kind: frozenset(_turned(fields)) for kind, fields in labels.items()},
        words=_turned(WORDS) | _turned(words),
    )


def _turned(groups: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {label: name for name, labels in groups.items() for label in labels}


def _flat(groups: _Groups, names: frozenset[str] | set[str]) -> Iterator[str]:
    return (label for name in names for label in groups.get(name, ()))


def _parsed(text: str) -> dict[str, _Groups]:
    """The tables of the file, every entry a list of words."""
    import tomllib

    given: dict[str, _Groups] = {}
    for table, entries in tomllib.loads(text).items():
        if not isinstance(entries, dict) or table not in {*_OBJECTS, "words"}:
            tables = ", ".join(f"[{name}]" for name in (*_OBJECTS, "words"))
            raise ValueError(f"{table!r} is none of its tables: use {tables}")
        known = WORDS if table == "words" else FIELDS[_OBJECTS[table]]
        unknown = sorted(entries.keys() - known.keys())
        if unknown:
            raise ValueError(f"[{table}] has no {unknown[0]!r}: use {_listed(known)}")
        given[table] = {name: _words(table, name, value) for name, value in entries.items()}
        _once(table, given[table])
    return given


def _words(table: str, name: str, value: Any) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(w, str) and w.strip() for w in words):
        raise ValueError(f"{name!r} of [{table}] must be a text, or a list of texts")
    return tuple(map(normal, words))


def _once(table: str, groups: _Groups) -> None:
    owner: dict[str, str] = {}
    for name, words in groups.items():
        for word in words:
            if owner.setdefault(word, name) != name:
                raise ValueError(f"[{table}] gives {word!r} to {owner[word]!r} and {name!r}")


def _listed(names: Any) -> str:
    return ", ".join(sorted(names))
