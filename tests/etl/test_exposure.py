"""Each way in which others may get at what is private, laid out in a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from etl import exposure
from etl.exposure import warnings
from tests.running import Workplace


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A folder that only its owner may enter, in others that anybody may."""
    folder = tmp_path / "my exports"
    folder.mkdir(mode=0o700)
    for place in (tmp_path, *tmp_path.parents):
        if not place.stat().st_mode & 0o001:
            pytest.skip(f"{place} keeps everybody out already")
    return folder


@pytest.fixture
def reached(tmp_path: Path) -> Path:
    """The same, below folders that pytest closes to others."""
    for place in (tmp_path, *tmp_path.parents):
        if place.stat().st_uid == os.getuid() and place.stat().st_mode & 0o7777 == 0o700:
            place.chmod(0o711)
    return tmp_path


def test_folder_that_nobody_may_look_into_stops_nothing(
    reached: Path, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_: Path) -> bool:
        raise PermissionError  # root may look everywhere

    monkeypatch.setattr(Path, "exists", closed)
    assert list(warnings([private])) == []


def test_private_folder_on_a_disk_of_this_machine_is_fine(reached: Path, private: Path) -> None:
    assert list(warnings([private])) == []


@pytest.mark.parametrize(
    ("mode", "who"),
    [
        (0o755, "everybody on this machine"),
        (0o711, "everybody on this machine"),  # what they know the name of
        (0o750, "its group"),
    ],
)
def test_folder_that_others_may_read(reached: Path, private: Path, mode: int, who: str) -> None:
    private.chmod(mode)
    (said,) = warnings([private])
    assert said == f"{private}: {who} can read it; run chmod -R go= '{private}'"


def test_folder_below_one_that_nobody_else_may_enter_is_not_reached(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "exports").mkdir(mode=0o755)
    (closed / "exports").chmod(0o755)
    assert list(warnings([closed / "exports"])) == []


def test_folder_that_does_not_exist_yet_is_no_trouble(tmp_path: Path) -> None:
    assert list(warnings([tmp_path / "later" / "output"])) == []


@pytest.mark.parametrize(
    ("place", "service"),
    [
        ("Dropbox", "Dropbox"),
        ("Dropbox (Acorn Freight)", "Dropbox"),
        ("OneDrive - Acorn Freight", "OneDrive"),
        ("GoogleDrive-anna@acorn.example", "Google Drive"),
        ("My Drive", "Google Drive"),
        ("iCloud Drive", "iCloud"),
        ("Mobile Documents", "iCloud"),
        ("Nextcloud", "Nextcloud"),
    ],
)
def test_folder_called_like_one_that_is_copied_elsewhere(
    tmp_path: Path, place: str, service: str
) -> None:
    folder = tmp_path / place / "exports"
    folder.mkdir(parents=True, mode=0o700)
    (said,) = warnings([folder])
    assert f"lies in a folder that {service} copies elsewhere" in said
    assert str(tmp_path / place) in said


@pytest.mark.parametrize(
    ("mark", "service"),
    [
        (".dropbox.cache", "Dropbox"),
        (".stfolder", "Syncthing"),
        (".sync_1a2b3c.db", "Nextcloud"),
        (".tmp.driveupload", "Google Drive"),
    ],
)
def test_folder_in_which_such_a_program_left_its_mark(
    tmp_path: Path, mark: str, service: str
) -> None:
    (tmp_path / mark).touch()
    folder = tmp_path / "exports"
    folder.mkdir(mode=0o700)
    (said,) = warnings([folder])
    assert f"{service} copies elsewhere" in said


@pytest.mark.parametrize("name", ["boxes", "toolbox", "dropboxes", "one drive in", "drive"])
def test_folder_called_nearly_like_that_is_left_alone(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir(mode=0o700)
    assert list(warnings([folder])) == []


@pytest.mark.parametrize(
    ("kind", "remote"), [("nfs4", True), ("fuse.sshfs", True), ("ext4", False)]
)
def test_folder_on_a_network_drive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, remote: bool
) -> None:
    drive = tmp_path / "das \xfcbliche Laufwerk"
    (drive / "exports").mkdir(parents=True, mode=0o700)
    mounts = tmp_path / "mounts"
    where = str(drive).replace(" ", "\\040")
    mounted = (("/", "ext4"), (where, "autofs"), (where, kind), (f"/{'n' * 4000}", "nfs4"))
    lines = (f"something {place} {what} rw 0 0\n" for place, what in mounted)
    mounts.write_text("".join(lines), encoding="utf-8")
    monkeypatch.setattr(exposure, "MOUNTS", mounts)
    said = list(warnings([drive / "exports"]))
    assert ([f"lies on a network drive ({kind})" in each for each in said] == [True]) is remote


@pytest.mark.skipif(shutil.which("git") is None, reason="no git here")
def test_folder_in_a_work_tree_that_does_not_ignore_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (said,) = warnings([folder], [folder / "etl_output.json"])
    assert said.startswith(f"{folder}: git would take what is put there into {tmp_path}")
    (tmp_path / ".gitignore").write_text("/data/*\n!/data/company_mapping.csv\n")
    assert list(warnings([folder], [folder / "etl_output.json"])) == []


@pytest.mark.skipif(os.name == "nt", reason="no modes")
def test_check_says_it_and_a_private_place_is_not_talked_about(tmp_path: Path) -> None:
    workplace = Workplace(tmp_path).with_sample()
    assert "others may get at" not in workplace.run("check").stdout
    (tmp_path / ".stfolder").mkdir()
    checked = workplace.run("check")
    assert "others may get at what is private" in checked.stdout
    assert "Syncthing copies elsewhere" in checked.stdout
    assert checked.returncode == 0
