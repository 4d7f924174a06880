"""The oracle: what must be read, keyed, a line of JSON each, in a file of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

Facts = dict[str, Any]


class Oracle:
    """Writes it, where anybody wants it; counts what was told."""

    def __init__(self, file: TextIO | None) -> None:
        self._file = file
        self.told = 0

    def tell(self, key: str, facts: Facts) -> None:
        """Something that must be read, the same way, and nothing beside."""
        self.told += 1
        if self._file:
            self._file.write(json.dumps([key, facts], ensure_ascii=False) + "\n")


def told(path: Path) -> Iterator[tuple[str, Facts]]:
    """Key and facts of everything in the file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            key, facts = json.loads(line)
            yield key, facts
