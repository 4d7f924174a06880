"""The mapping and our own company as look-up tables: a key leads to whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from etl.mapping.claims import Claim, Table, claims
from etl.mapping.rows import Mapping
from etl.matching.overrides import Overrides, overrides_of
from etl.matching.owners import Owner, Owners
from etl.matching.readings import Readings
from etl.matching.segments import LONGEST_KEY, OwnNames, Within, beginnings, walled, without_ours
from etl.names.domains import registrable
from etl.names.generic_words import core
from etl.names.legal_forms import without_legal_form
from etl.names.normalise import normalise

SPLIT, LONGEST = 6, 12
"""Tokens that the longest name is taken to have, at the least and at the most."""
SHORTEST_WITH_SLIP = 6
_SHORTEST_BROKEN = 3


class CompanyIndex(NamedTuple):
    """Every table from a key to its owners, sorted by company."""

    tables: dict[Table, dict[str, Owners]]
    names: dict[str, Owners]
    """The tables ``name`` and ``bare_name`` in one."""
    longest_name: int
    """Tokens in the longest name; at least `SPLIT`, for people put spaces into names, and at
    most `LONGEST`.
    """
    with_variants: frozenset[str]
    """The companies that have any."""
    with_domains: frozenset[str]
    """The companies of which a domain is known."""
    beginnings: frozenset[str]
    """Of the names' keys."""
    cores: dict[str, Owners]
    """Whose name is called so but for generic words at its end; no key is also a name."""
    slips: dict[str, tuple[str, ...]]
    """The names' keys by what they are, and by what is left of them without one letter."""
    with_ours: Within
    """The names that begin with our own name."""
    broken: dict[str, tuple[tuple[str, ...], ...]]
    """The tokens of names that hold a hard break (``R/GA``), by the first of them."""
    overrides: Overrides
    """What the mapping says of single words."""
    readings: Readings
    """Reads texts in the alphabet of the names."""

    def owners(self, table: Table, key: str) -> Owners:
        """Whose the key is in that table."""
        return self.tables[table].get(key, ())

    def of_name(self, tokens: tuple[str, ...]) -> Owners:
        """Whose name these tokens are, with or without a legal form on either side.

        A company called exactly this and another that is called this plus a legal form
        tie.
        """
        found = self.names.get("".join(tokens), ())
        if found:
            return found
        bare = without_legal_form(tokens)
        return self.names.get("".join(bare), ()) if bare is not tokens else ()

    def near(self, key: str) -> set[str]:
        """The names' keys that one slip may have turned into this one."""
        if len(key) > LONGEST_KEY + 1:
            return set()
        slips, near = self.slips, set[str]()
        for each in spellings(key):
            if each in slips:
                near.update(slips[each])
        return near

    def longest_at(
        self, tokens: tuple[str, ...], first: int, last: int
    ) -> tuple[int, Owners] | None:
        """The longest name that begins at ``first`` and does not go beyond ``last``: where it
        ends, and whose it is.
        """
        key, best = "", None
        for place in range(first, min(first + self.longest_name, last)):
            key += tokens[place]
            if key not in self.beginnings:
                break
            owners = self.names.get(key)
            if owners:
                best = place + 1, owners
        return best

    def names_in(self, tokens: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
        """The names anywhere among the tokens: from which one, up to which, and the key."""
        for first in range(len(tokens)):
            key = ""
            for last in range(first, min(first + self.longest_name, len(tokens))):
                key += tokens[last]
                if key not in self.beginnings:
                    break
                if key in self.names:
                    yield first, last + 1, key

    def without_domain(self, key: str) -> Owners:
        """Whose name has this key, but for companies whose domains are known: another domain
        with their name is somebody else's.
        """
        owners = self.called(key)
        return () if any(owner.company in self.with_domains for owner in owners) else owners

    def called(self, key: str) -> Owners:
        """Whose name has this key, as it stands in the mapping or without its legal form."""
        return self.names.get(key, ())


def build_index(
    mapping: Mapping, our_names: Iterable[str] = (), our_domains: Iterable[str] = ()
) -> CompanyIndex:
    """The tables of a mapping, without what is our own: that is evidence of nobody."""
    ours = {normalise(name).key for name in our_names}
    our_hosts = {registrable(domain) for domain in our_domains}
    rows: dict[Table, dict[str, list[Claim]]] = {
        table: {} for table in ("slack", "telegram", "node", "domain", "name", "bare_name")
    }
    longest = SPLIT
    for claim in claims(mapping):
        own = our_hosts if claim.table == "domain" else ours if claim.table != "node" else ()
        if claim.key and claim.key not in own:
            rows[claim.table].setdefault(claim.key, []).append(claim)
        if claim.table == "name":
            longest = max(longest, min(LONGEST, len(normalise(claim.value).tokens)))
    _only_telling_domains(rows["domain"])
    tables = {table: {key: _owners(of) for key, of in keys.items()} for table, keys in rows.items()}
    with_variants = frozenset(name for name, of in mapping.companies.items() if of.variants)
    names = _in_one(tables["name"], tables["bare_name"])
    slips = _slips(names)  # of no domain: a letter more is another domain
    _add_written_out(names, tables["domain"])
    cores = _cores((*rows["name"].values(), *_displayed(rows, our_names)), names, ours)
    with_domains = frozenset(owner.company for of in tables["domain"].values() for owner in of)
    return CompanyIndex(
        *(tables, names, longest, with_variants, with_domains, beginnings(names), cores, slips),
        with_ours=Within(_with_ours(rows["name"].values(), OwnNames(our_names))),
        broken=_broken(_written(rows)),
        overrides=overrides_of(mapping),
        readings=Readings((*_written(rows), *our_names)),
    )


def _written(rows: dict[Table, dict[str, list[Claim]]]) -> Iterator[str]:
    """The names as the mapping writes them."""
    return (claim.value for of in rows["name"].values() for claim in of)


def _broken(written: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    broken: dict[str, set[tuple[str, ...]]] = {}
    for name in map(normalise, written):
        if True in name.breaks[1:] and len(name.key) >= _SHORTEST_BROKEN:
            broken.setdefault(name.tokens[0], set()).add(name.tokens)
    return {first: tuple(sorted(names)) for first, names in broken.items()}


def _with_ours(claimed: Iterable[list[Claim]], own: OwnNames) -> Iterator[str]:
    for of in claimed:
        tokens = normalise(of[0].value).tokens
        if 0 < own.length_at(tokens, 0, len(tokens)) < len(tokens):
            yield of[0].key


def _add_written_out(names: dict[str, Owners], domains: dict[str, Owners]) -> None:
    """A domain is a name, too: Slack makes ``acme-example`` of ``acme.example``."""
    for domain, owners in domains.items():
        names.setdefault(normalise(domain).key, owners)


def spellings(word: str) -> list[str]:
    """The word, and what is left of it without one of its letters; the first stays."""
    return [word, *[word[:place] + word[place + 1 :] for place in range(1, len(word))]]


def _slips(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    slips: dict[str, tuple[str, ...]] = {}
    for name in names:
        if SHORTEST_WITH_SLIP <= len(name) <= LONGEST_KEY and not name.isdigit():
            for spelling in spellings(name):
                slips[spelling] = (*slips.get(spelling, ()), name)
    return slips


def _displayed(
    rows: dict[Table, dict[str, list[Claim]]], our_names: Iterable[str]
) -> Iterator[list[Claim]]:
    """Names as a group's title writes them: ``Fern Labs <> Ours`` shows the words in
    ``fernlabs``.
    """
    own = OwnNames(our_names)
    for of in rows["telegram"].values():
        name = normalise(of[0].value)
        companies = {group.company for group in of}
        for run in walled(name):
            for part in without_ours(name, run, own):
                key = "".join(name.tokens[part.first : part.last])
                text = name.quote(part.first, part.last)[0]
                for claim in rows["name"].get(key, ()):
                    if claim.company in companies:
                        yield [claim._replace(value=text)]


def _cores(
    claimed: Iterable[list[Claim]], names: dict[str, Owners], ours: set[str]
) -> dict[str, Owners]:
    cores: dict[str, list[Claim]] = {}
    for of in claimed:
        for claim in of:
            if claim.variant is None:
                key = core(without_legal_form(normalise(claim.value).tokens))
                if key and key not in names and key not in ours:
                    cores.setdefault(key, []).append(claim)
    return {key: _owners(of) for key, of in cores.items()}


def _in_one(names: dict[str, Owners], bare_names: dict[str, Owners]) -> dict[str, Owners]:
    """Both tables; of a company that stands in both, its whole name counts."""
    both = dict(names)
    for key, bare in bare_names.items():
        whole = names.get(key, ())
        known = {owner.company for owner in whole}
        both[key] = in_order((*whole, *(owner for owner in bare if owner.company not in known)))
    return both


def in_order(owners: Iterable[Owner]) -> Owners:
    """The owners by company, whatever their order."""
    return tuple(sorted(owners, key=_order))


def _order(owner: Owner) -> tuple[str, bool, str, int, str]:
    return owner.company, owner.ignored, owner.variant or "", owner.line, owner.column


def _only_telling_domains(keys: dict[str, list[Claim]]) -> None:
    """A domain tells the variant only where the company's rows have different ones."""
    domains: dict[str, set[str]] = {}
    for key, of in keys.items():
        for claim in of:
            domains.setdefault(claim.company, set()).add(key)
    for key, of in keys.items():
        keys[key] = [
            claim if len(domains[claim.company]) > 1 else claim._replace(variant=None)
            for claim in of
        ]


def _owners(of: Iterable[Claim]) -> Owners:
    grouped: dict[tuple[str, bool], list[Claim]] = {}
    for claim in of:
        grouped.setdefault((claim.company, claim.ignored), []).append(claim)
    return tuple(
        _owner(company, ignored, grouped[company, ignored]) for company, ignored in sorted(grouped)
    )


def _owner(company: str, ignored: bool, of: list[Claim]) -> Owner:
    first = min(of, key=lambda claim: (claim.line, claim.column))
    variants = {claim.variant for claim in of}
    variant = variants.pop() if len(variants) == 1 else None
    return Owner(company, ignored, variant, first.line, first.column)
