"""What an audit found, for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from etl.audit.auditing import Audit
from etl.audit.bundles import COUNTED

_MOST = 200


def told(found: Audit, places: Sequence[Path], result: Path) -> Iterator[str]:
    """The report, line by line."""
    yield f"Audit of {', '.join(map(str, places))} against {result}"
    yield ""
    yield "source    counted  distinct  no messages"
    for source, distinct in found.distinct.items():
        kinds = {kind: many for (of, kind), many in found.counted.items() if of == source}
        counted = sum(kinds.get(kind, 0) for kind in COUNTED)
        rest = ", ".join(
            f"{kind} {n}"
            for kind, n in sorted(kinds.items())
            if kind not in COUNTED and kind != "end of a list"
        )
        yield f"{source:<9} {counted:>7}  {distinct:>8}  {rest}".rstrip()
    if found.columns:
        yield ""
        for what, names in found.columns.items():
            yield f"Columns      {what}: {', '.join(names)}"
    if found.untold:
        yield ""
    yield from _list("Not counted", [f"{one.file or '.'}: {one.why}" for one in found.untold])
    if found.counted_only:
        many = f"chats that stand in the result without messages: {found.counted_only}"
        yield f"Counted only {many}; their message_count is held"
    yield from _list("Explained", [line.text for line in found.lines if not line.disagrees])
    wrong = [line.text for line in found.lines if line.disagrees]
    yield ""
    yield from _list("Disagrees", wrong)
    if not wrong:
        yield "All agrees."
    else:
        yield f"{len(wrong)} disagreement{'s' * (len(wrong) != 1)}."


def _list(title: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines[:_MOST]:
        yield f"{title:<12} {line}"
    if len(lines) > _MOST:
        yield f"{title:<12} and {len(lines) - _MOST} more"
