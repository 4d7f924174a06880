"""The rungs above those that read a title, each a pure function: what an item's texts lead to.

A rung only collects; `etl.matching.settling` weighs the rungs against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from etl.mapping.cells import is_placeholder
from etl.matching import typos
from etl.matching.company_index import CompanyIndex
from etl.matching.decisions import Field, Nearest
from etl.matching.evidence import Offered
from etl.matching.hits import NOTHING, Hit, Rung
from etl.matching.learnt import Learnt
from etl.matching.owners import Owners
from etl.matching.segments import OwnNames
from etl.names.domains import FREE_MAIL, of_address, registrable
from etl.names.legal_forms import without_legal_form
from etl.names.name import Name
from etl.names.normalise import normalise
from sources.records import Summary

_WORD = re.compile(r"[^\s,;()<>\[\]{}\"'`|*]+")
_AROUND = ".,:;!?_~#"
_SLACK_ID = re.compile(r"[CGD][A-Z0-9]{7,}")
# What people write before the name of a group that has had its day.
PAST = frozenset({"old", "archive", "archived", "zz", "zzz"})


def explicit(index: CompanyIndex, summary: Summary, read: Callable[[str], Name]) -> Rung:
    """A group that the mapping names, by the title, else by an alias; else the node
    addresses in any text. A group given for one source counts only there. ``read``
    normalises titles.
    """
    groups = _groups(index, summary)
    if groups:
        found = _named(groups, "title", read(summary.title))
        if summary.kind == "slack_channels":
            record_id = summary.key.rpartition(":")[2]
            if _SLACK_ID.fullmatch(record_id):
                found = _named(groups, "key", normalise(record_id)) or found
        if found:
            return Rung((found,))
        if summary.aliases:
            aliases = [_named(groups, "alias", read(alias)) for alias in sorted(summary.aliases)]
            if hits := tuple([hit for hit in aliases if hit]):
                return Rung(hits)
    nodes = tuple(_nodes(index.tables["node"], summary)) if index.tables["node"] else ()
    return Rung(nodes) if nodes else NOTHING


def _groups(index: CompanyIndex, summary: Summary) -> dict[str, Owners]:
    if summary.kind == "slack_channels":
        return index.tables["slack"]
    return index.tables["telegram"] if summary.kind == "telegram_chats" else {}


def _named(groups: dict[str, Owners], field: Field, name: Name) -> Hit | None:
    owners = groups.get(name.key)
    if not owners and (key := _in_its_day(name)) != name.key:
        owners = groups.get(key)
    return Hit("explicit", owners, name.text, field, 0, len(name.text)) if owners else None


def _in_its_day(name: Name) -> str:
    """The key without what marks an archived group or a second one."""
    first, last = 0, len(name.tokens)
    if not last or (name.tokens[0] not in PAST and len(name.tokens[-1]) > 1):
        return name.key
    while first < last - 1 and name.tokens[first] in PAST:
        first += 1
    if last - first > 1 and re.fullmatch(r"[2-9]", name.tokens[last - 1]):
        last -= 1
    return "".join(name.tokens[first:last])


def _nodes(nodes: dict[str, Owners], summary: Summary) -> Iterable[Hit]:
    fields: list[tuple[Field, str]] = [("title", summary.title)]
    fields += [("alias", text) for text in summary.aliases]
    fields += [("text", text) for text in summary.texts]
    for field, text in fields:
        for word in _WORD.finditer(text):
            address = word.group().strip(_AROUND)
            owners = nodes.get(address.casefold())
            if owners:
                start = text.index(address, word.start())
                yield Hit("explicit", owners, address, field, start, start + len(address))


def domain(index: CompanyIndex, our_domains: frozenset[str], offers: Offered) -> Rung:
    """The registrable domains of people and companies, each equal to a mapped one."""
    if not offers.hosts:
        return NOTHING
    hits: list[Hit] = []
    nearest: list[Nearest] = []
    seen: set[str] = set()
    for field, text in offers.hosts:
        host = of_address(text) if field == "email" else registrable(text)
        if host is None or host in seen or host in our_domains or host in FREE_MAIL:
            continue
        seen.add(host)
        owners = index.owners("domain", host)
        if owners:
            hits.append(Hit("domain", owners, text, field))
        else:
            detail = "no company of the mapping has this domain"
            nearest.append(Nearest(text=host, field=field, detail=detail))
    return Rung(tuple(hits), nearest=tuple(nearest))


def company_field(index: CompanyIndex, own: OwnNames, learnt: Learnt, offers: Offered) -> Rung:
    """The companies that the CRM associates, each equal to a mapped name, or all but so."""
    if not offers.companies:
        return NOTHING
    hits: list[Hit] = []
    foreign: list[str] = []
    for text in offers.companies:
        name = index.readings.of(text)
        ours = {name.key, "".join(without_legal_form(name.tokens))} & own.keys
        if not name.key or ours or is_placeholder(text.strip()):
            continue
        owners = owners_of(index, name, 0, len(name.tokens))
        if owners:
            hits.append(Hit("company_field", owners, text, "company"))
        elif hit := _nearly(index, learnt, name, text):
            hits.append(hit)
        else:
            foreign.append(text)
    detail = "no company of the mapping has this name"
    nearest = tuple(Nearest(text=text, field="company", detail=detail) for text in foreign)
    return Rung(tuple(hits), nearest=nearest, foreign=foreign[0] if foreign else None)


def _nearly(index: CompanyIndex, learnt: Learnt, name: Name, text: str) -> Hit | None:
    """A name without the generic words at its end, or with a slip in it."""
    key = "".join(without_legal_form(name.tokens))
    owners = index.cores.get(key, ())
    elsewhere = key in learnt.foreign or key in learnt.common
    if len(owners) == 1 and not elsewhere:
        return Hit("core", owners, text, "company")
    meant = typos.meant(index, learnt, key, itself=1)
    return Hit("typo", meant.owners, text, "company", detail=meant.detail) if meant else None


def owners_of(index: CompanyIndex, name: Name, first: int, last: int) -> Owners:
    """Whose these tokens are: a name, or a mapped domain written out."""
    owners = index.of_name(name.tokens[first:last])
    if owners or last - first < 2 or "." not in name.text:
        return owners
    text = name.quote(first, last)[0]
    if "." not in text or " " in text:
        return ()
    host = registrable(text)
    if host is None:
        return ()
    return index.owners("domain", host) or index.without_domain(
        normalise(host.partition(".")[0]).key
    )
