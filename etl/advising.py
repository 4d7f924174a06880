"""What a run advises whoever owns the mapping: rows to paste, and who we may be."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

from etl.files import replacing
from etl.matching.learnt import Learnt
from etl.matching.own_company import OwnCompany, Proposal
from etl.matching.suggesting import Suggesting, as_csv_rows
from etl.report import Advice
from etl.settings import SUGGESTIONS

WORDS = 100
"""So many learnt words and phrases, and names, are shown."""

# A spreadsheet takes such a cell for a formula, some of them whatever cannot be seen before it,
# and the full-width signs as well. An apostrophe is no part of any name.
_FORMULA = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|[\t\r]")


def advice(rows: int, own: OwnCompany | None, learnt: Learnt) -> Advice:
    """All of it; ``own`` saw all items, when nobody said who we are."""
    name = own.name() if own else None
    domain = own.domain() if own else None
    none = Proposal("", 0)
    return Advice(
        suggestions=rows,
        our_name=name and name.value,
        our_name_items=(name or none).items,
        our_domain=domain and domain.value,
        our_domain_items=(domain or none).items,
        words=learnt.words.best(WORDS),
        names_of_others=learnt.others(WORDS),
    )


def write_suggestions(output: Path, suggesting: Suggesting) -> int:
    """Write the rows beside the output; returns how many. Raises ``OSError``."""
    rows = list(suggesting.rows())
    text = io.StringIO(newline="")
    csv.writer(text).writerows(map(without_formulas, as_csv_rows(rows)))
    with replacing(output.parent / SUGGESTIONS) as new:
        new.stream.write(text.getvalue().encode("utf-8"))
    return len(rows)


def without_formulas(cells: Iterable[str]) -> list[str]:
    """The cells of a row, as a spreadsheet may show them."""
    return [f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells]
