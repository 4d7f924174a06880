"""The parts of the benchmark, and their archives on disk: written once, kept in the cache."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.archives.telling import Oracle

_TINY = 200


@dataclass(frozen=True)
class Part:
    """What one comparison is about: so many ``things`` of a source, written by ``writer``: the
    name of a function, so that who only reads imports no more than that needs.
    """

    name: str
    source: str
    count: int
    things: str
    writer: str

    def write(self, folder: Path, count: int, oracle: Oracle) -> None:
        """Write so many things into a new folder."""
        module, _, function = self.writer.partition(":")
        getattr(import_module(f"benchmarks.archives.{module}"), function)(folder, count, oracle)


PARTS = {
    part.name: part
    for part in (
        Part("slack", "slack", 100_000, "messages", "slack_export:write"),
        Part("calendar", "calendar", 20_000, "events", "calendar_export:write"),
        Part("hubspot-csv", "hubspot", 50_000, "deals", "hubspot_export:write_csv"),
        Part("hubspot-xlsx", "hubspot", 10_000, "deals", "hubspot_export:write_workbook"),
    )
}


@dataclass(frozen=True)
class Archive:
    """The archive of a part on disk. The oracle lies beside the data, not in it."""

    part: Part
    folder: Path

    @property
    def data(self) -> Path:
        """What is read."""
        return self.folder / "data"

    @property
    def tiny(self) -> Path:
        """A small archive of the same kind: who has read it has imported what reading needs."""
        return self.folder / "tiny"

    @property
    def oracle(self) -> Path:
        """What must come of it."""
        return self.folder / "oracle.jsonl"

    @property
    def figures(self) -> dict[str, Any]:
        """Sizes and counts; there only when the archive is whole."""
        figures: dict[str, Any] = json.loads((self.folder / "figures.json").read_bytes())
        return figures


def cached(cache: Path, part: Part, count: int) -> Archive:
    """Where the archive of so many things is in the cache, or belongs. Of other code, it is
    another archive.
    """
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    return Archive(part, cache / f"{part.name}-{count}-{sha256(code).hexdigest()[:8]}")


def write(archive: Archive, count: int) -> None:
    """Write it, in the place of any half written or of other code. ``figures.json`` is last."""
    if (archive.folder / "figures.json").exists():
        return
    for old in archive.folder.parent.glob(f"{archive.part.name}-{count}-*"):
        shutil.rmtree(old)
    archive.folder.mkdir(parents=True)
    with archive.oracle.open("w", encoding="utf-8") as file:
        oracle = Oracle(file)
        archive.part.write(archive.data, count, oracle)
    archive.part.write(archive.tiny, _TINY, Oracle(None))
    files = [path for path in archive.data.rglob("*") if path.is_file()]
    figures = {"count": count, "told": oracle.told, "files": len(files)}
    figures["bytes"] = sum(path.stat().st_size for path in files)
    (archive.folder / "figures.json").write_text(json.dumps(figures), encoding="utf-8")
