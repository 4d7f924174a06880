from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from sources._archive import FolderTree
from sources._opening import open_tree
from tests.reading import Reading, discover, source


def look(root: Path, *files: str) -> Reading:
    for file in files:
        target = root / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("text")
    return discover(source("slack"), FolderTree(root))


@pytest.mark.parametrize("place", ["", "my export/"])
def test_text_only_export_is_refused_in_plain_words(tmp_path: Path, place: str) -> None:
    found = look(
        tmp_path,
        f"{place}channels/general/2024-03-01.txt",
        f"{place}dms/bob.txt",
        f"{place}files/plan.ics",
    )
    (problem,) = found.problems
    assert (problem.path, problem.reason) == (place.rstrip("/") or ".", "text_export")
    assert "JSON export" in problem.remedy
    assert [entry.path for entry in found.ignored] == [
        f"{place}channels/",
        f"{place}dms/",
        f"{place}files/",
    ]


def test_zipped_text_only_export_is_refused_by_the_name_of_its_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        for name in ("channels/general.txt", "dms/bob.txt"):
            archive.writestr(name, "text")
    found = discover(source("slack"), open_tree((str(tmp_path), "mine.zip")))
    assert [(problem.path, problem.reason) for problem in found.problems] == [
        ("mine.zip", "text_export")
    ]


@pytest.mark.parametrize(
    "files",
    [
        ("channels/a.txt",),
        ("files/a.txt",),
        ("channels/a.txt", "channels/b.json", "files/c"),
        ("channels.txt", "dms.txt"),
    ],
)
def test_other_folders_of_those_names_are_left_to_others(
    tmp_path: Path, files: tuple[str, ...]
) -> None:
    found = look(tmp_path, *files)
    assert (found.problems, found.ignored, found.units) == ([], [], [])
