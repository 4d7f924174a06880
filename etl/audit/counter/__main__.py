"""Prints what every file of some archives holds."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from etl.audit.counter.met import Untold
from etl.audit.counter.walk import count


def main(places: Iterable[str]) -> None:
    """Print what every file holds."""
    held: Counter[tuple[str, str, str]] = Counter()
    for place in places:
        for one in count(Path(place)):
            if isinstance(one, Untold):
                sys.stdout.write(f"{one.file}: {one.why}\n")
            else:
                held[one.file, one.source, one.kind] += 1
    for (file, source, kind), many in sorted(held.items()):
        sys.stdout.write(f"{file}: {source}, {kind}: {many}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
