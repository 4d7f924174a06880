"""Hosts that a conversation only talks about: beside the domains of those taking part.

People write about anybody, so what they link to attributes nothing. Where another
organisation takes part it is worth a person's time; elsewhere it is only the nearest
thing seen.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from etl.matching.company_index import CompanyIndex
from etl.matching.decisions import Nearest
from etl.matching.hits import Hit, Rung
from etl.names.domains import FREE_MAIL, registrable
from sources.records import Summary

TALKED_ABOUT = "its messages only talk about that domain"


def beside(
    domains: Rung, index: CompanyIndex, our_domains: frozenset[str], summary: Summary
) -> Rung:
    """What the domains lead to, and what those lead to that are only mentioned."""
    if not summary.mentioned:
        return domains
    hits = tuple(_hits(index, our_domains, summary.mentioned))
    if "ext_shared" in summary.flags:
        return msgspec.structs.replace(domains, weak=(*domains.weak, *hits))
    nearest = tuple(
        Nearest(text=hit.text, field="mentioned", detail=TALKED_ABOUT, company=owner.company)
        for hit in hits
        for owner in hit.owners
    )
    return msgspec.structs.replace(domains, nearest=(*domains.nearest, *nearest))


def _hits(
    index: CompanyIndex, our_domains: frozenset[str], mentioned: tuple[str, ...]
) -> Iterator[Hit]:
    seen = {*our_domains, *FREE_MAIL}
    for text in mentioned:
        host = registrable(text)
        if host is None or host in seen:
            continue
        seen.add(host)
        owners = tuple(each for each in index.owners("domain", host) if not each.ignored)
        if owners:
            yield Hit("domain", owners, text, "mentioned", why=TALKED_ABOUT)
