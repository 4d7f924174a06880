"""``match --sample`` and ``match --score``: how right the matches are on one's own data.

A sheet holds matches of every source and rung, chosen by a hash of what they are: the same
ones each time. A person writes y or n into its last column; the score weighs every source
and rung by how many matches it has.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from hashlib import blake2b
from heapq import nsmallest
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from etl.advising import without_formulas
from etl.exits import CannotCreate, Malformed, NoInput
from etl.explaining import matching_as_run
from etl.files import replacing
from etl.knowing import live_items
from etl.matching.decisions import Match
from etl.settings import Settings
from sources._durable import make_folder
from sources.records import Summary

_HEAD = re.compile(r'"?source"?([,;\t])"?method"?\1')
"""How the first line begins, whatever stands between cells in the country of the spreadsheet."""
COLUMNS = (
    *("source", "method", "of", "key", "title", "company", "variant", "text", "field"),
    *("mapping_line", "mapping_column", "detail", "right"),
)
_RIGHT = {"y": True, "yes": True, "1": True, "n": False, "no": False, "0": False}
_Z = 1.96
"""For an interval that holds the truth 95 times in a hundred."""

Stratum = tuple[str, str]


class Precision(NamedTuple):
    """Of so many labelled, so many are right; and between which shares the truth lies."""

    labelled: int
    right: float
    low: float
    high: float


def write_sheet(settings: Settings, count: int) -> tuple[Path, int]:
    """Write a sheet of so many matches beside the output; returns where, and how many."""
    path = settings.match_sheet
    if path.exists():
        raise CannotCreate(f"{path}: there is one already; score it, then move it away")
    strata = _strata(settings)
    if not strata:
        raise NoInput(f"{settings.db_path}: holds no match; run first")
    text = io.StringIO(newline="")
    sheet = csv.writer(text)
    sheet.writerow(COLUMNS)
    rows = [row for stratum in sorted(strata) for row in strata[stratum][: _share(strata, count)]]
    sheet.writerows(without_formulas(row) for row in rows)
    make_folder(path.parent)
    with replacing(path) as new:
        new.stream.write(text.getvalue().encode())
    return path, len(rows)


def score_sheet(path: Path) -> Iterator[str]:
    """What the labels in a sheet say, as lines."""
    labels, sizes = _labels(path)
    yield f"{'source':<10}{'rung':<15}{'matches':>9}{'labelled':>10}{'precision':>11}  95 % between"
    for stratum in sorted(labels):
        found = interval(sum(labels[stratum]), len(labels[stratum]))
        yield f"{stratum[0]:<10}{stratum[1]:<15}{sizes[stratum]:>9,}{_line(found)}"
    yield f"{'all':<25}{sum(sizes.values()):>9,}{_line(weighed(labels, sizes))}"


def interval(right: int, labelled: int) -> Precision:
    """Wilson's interval, which is honest about few labels and about none wrong."""
    if not labelled:
        return Precision(0, 0.0, 0.0, 1.0)
    share, z2 = right / labelled, _Z * _Z
    middle = (share + z2 / (2 * labelled)) / (1 + z2 / labelled)
    spread = sqrt(share * (1 - share) / labelled + z2 / (4 * labelled * labelled))
    spread *= _Z / (1 + z2 / labelled)
    return Precision(labelled, share, max(middle - spread, 0.0), min(middle + spread, 1.0))


def weighed(labels: dict[Stratum, list[bool]], sizes: dict[Stratum, int]) -> Precision:
    """The precision of all matches: every source and rung weighs as much as it has."""
    total = sum(sizes[stratum] for stratum in labels)
    parts = [(interval(sum(of), len(of)), sizes[stratum] / total) for stratum, of in labels.items()]
    share = sum(found.right * weight for found, weight in parts)
    low = sqrt(sum(((found.right - found.low) * weight) ** 2 for found, weight in parts))
    high = sqrt(sum(((found.high - found.right) * weight) ** 2 for found, weight in parts))
    labelled = sum(found.labelled for found, _ in parts)
    return Precision(labelled, share, max(share - low, 0.0), min(share + high, 1.0))


def _strata(settings: Settings) -> dict[Stratum, list[tuple[str, ...]]]:
    """All matches by source and method, each in the order in which they are taken."""
    strata: dict[Stratum, dict[tuple[str, str], tuple[str, ...]]] = {}
    with matching_as_run(settings) as (matcher, state):
        for _, summary, people, _ in live_items(state):
            for match in matcher.match(summary, people).matches:
                stratum = strata.setdefault((summary.source, match.method), {})
                stratum[_place(summary, match.company)] = _cells(summary, match)
    return {
        stratum: [(*stratum, str(len(of)), *of[place]) for place in sorted(of)]
        for stratum, of in strata.items()
    }


def _cells(summary: Summary, match: Match) -> tuple[str, ...]:
    evidence = match.evidence
    return (
        *(summary.key, summary.title, match.company, match.variant or "", evidence.text),
        *(evidence.field, str(evidence.mapping_line), evidence.mapping_column),
        *(evidence.detail, ""),
    )


def _place(summary: Summary, company: str) -> tuple[str, str]:
    """By chance, but by the same one each time; a match met twice is one."""
    name = f"{summary.key}\0{company}"
    return blake2b(name.encode(), digest_size=8).hexdigest(), name


def _share(strata: dict[Stratum, list[tuple[str, ...]]], count: int) -> int:
    """How many of each stratum make so many, or nearly: the small ones give all they have."""
    left, open_ones = count, len(strata)
    for size in nsmallest(len(strata), (len(of) for of in strata.values())):
        if size * open_ones >= left:
            break
        left, open_ones = left - size, open_ones - 1
    return max(left // max(open_ones, 1), 1)


def _labels(path: Path) -> tuple[dict[Stratum, list[bool]], dict[Stratum, int]]:
    labels: dict[Stratum, list[bool]] = {}
    sizes: dict[Stratum, int] = {}
    try:
        text = _decoded(path.read_bytes())
    except FileNotFoundError as error:
        raise NoInput(f"{path}: no such file; `match --sample 200` writes one") from error
    head = _HEAD.match(text)
    if head is None:
        raise Malformed(f"{path}: is no such sheet; `match --sample 200` writes one")
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=head[1])
    for number, row in enumerate(rows, 1):
        said = (row.get("right") or "").strip().casefold()
        if not said:
            continue
        size = row.get("of") or ""
        if said not in _RIGHT or not size.isdigit():
            raise Malformed(f"{path}, row {number}: write y or n into the column right")
        stratum = (row.get("source") or "", row.get("method") or "")
        labels.setdefault(stratum, []).append(_RIGHT[said])
        sizes[stratum] = int(size)
    if not labels:
        raise Malformed(f"{path}: nothing is labelled; write y or n into the column right")
    return labels, sizes


def _decoded(data: bytes) -> str:
    """As a spreadsheet may have saved it: of the letters that count here all have these."""
    utf_16 = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    return data.decode("utf-16" if utf_16 else "utf-8-sig", errors="replace")


def _line(found: Precision) -> str:
    return f"{found.labelled:>10,}{found.right:>11.3f}  {found.low:.3f} and {found.high:.3f}"
