from __future__ import annotations

import errno
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from etl.files import remove_leftovers
from etl.keeping import keep, kept_outputs, prune
from etl.settings import Settings
from tests.running import Workplace, run

SECOND = 1_000_000_000


def output(folder: Path, content: str, stamp: int) -> Path:
    path = folder / "etl_output.json"
    path.write_text(content)
    os.utime(path, ns=(stamp, stamp))
    return path


NEW = "f" * 64
"""The hash of what takes its place."""


def unpacked(path: Path) -> str:
    with path.open("rb") as stream:
        return zstandard.ZstdDecompressor().stream_reader(stream).read().decode()


def test_kept_outputs_sort_as_they_were_made(tmp_path: Path) -> None:
    contents = ["one", "two" * 100_000, "three"]
    for number, content in enumerate(contents):
        keep(output(tmp_path, content, 1_700_000_000 * SECOND + number * 1000), NEW)
    kept = kept_outputs(tmp_path / "etl_output.json")
    assert [unpacked(path) for path in kept] == contents
    assert kept[1].name.startswith("etl_output.20231114T221320.000001Z-")
    assert kept[1].name.endswith(".json.zst")
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


def test_one_output_is_kept_once_and_another_of_the_same_moment_too(tmp_path: Path) -> None:
    for content in ("one", "one", "two"):
        keep(output(tmp_path, content, 5), NEW)
    assert sorted(map(unpacked, kept_outputs(tmp_path / "etl_output.json"))) == ["one", "two"]


def test_what_has_the_same_content_is_not_kept(tmp_path: Path) -> None:
    """As when a run was killed after it had written its output, before it remembered so."""
    path = output(tmp_path, f'{{"metadata":{{"content_sha256":"{NEW}"}}}}', 5)
    keep(path, NEW)
    assert kept_outputs(path) == []


def test_the_oldest_go_and_nothing_else(tmp_path: Path) -> None:
    for number in range(5):
        path = output(tmp_path, str(number), number * SECOND)
        keep(path, NEW)
    others = ["other.19700101T000000.000000Z-00000000.json.zst", "etl_output.json.zst", "notes"]
    for name in others:
        (tmp_path / name).touch()
    prune(path, 2)
    assert [unpacked(kept) for kept in kept_outputs(path)] == ["3", "4"]
    assert {*others, "etl_output.json"} < {path.name for path in tmp_path.iterdir()}


def test_where_nothing_stands_nothing_is_kept(tmp_path: Path) -> None:
    keep(tmp_path / "etl_output.json", NEW)
    assert kept_outputs(tmp_path / "etl_output.json") == []
    assert kept_outputs(tmp_path / "gone" / "etl_output.json") == []


@pytest.mark.parametrize("fails", ["copy_stream", "__init__"])
def test_a_full_disk_costs_what_would_be_kept_and_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fails: str
) -> None:
    class Packer:
        def __init__(self, *_: object, **__: object) -> None:
            if fails == "__init__":
                raise OSError(errno.ENOSPC, "No space left on device")

        def copy_stream(self, _: object, target: object) -> None:
            target.write(b"half")  # type: ignore[attr-defined]
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("zstandard.ZstdCompressor", Packer)
    path = output(tmp_path, "one", 5)
    keep(path, NEW)
    assert [file.name for file in tmp_path.iterdir()] == ["etl_output.json"]
    assert "is not kept (No space left on device)" in caplog.text


def test_what_a_kill_leaves_is_removed_with_the_leftovers_of_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str] = []

    class Packer:
        def __init__(self, *_: object, **__: object) -> None: ...

        def copy_stream(self, _: object, __: object) -> None:
            left.extend(path.name for path in tmp_path.iterdir())

    monkeypatch.setattr("zstandard.ZstdCompressor", Packer)
    path = output(tmp_path, "one", 5)
    keep(path, NEW)
    (temporary,) = set(left) - {"etl_output.json"}
    (tmp_path / temporary).touch()
    remove_leftovers(path)
    assert not (tmp_path / temporary).exists()


# In a run.


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Workplace(tmp_path).with_sample().settings(keep=2)


def test_a_run_keeps_what_it_replaces(settings: Settings) -> None:
    before = []
    for number in range(4):
        run(settings, include_unmatched=number % 2 == 0)
        before.append(settings.output.read_text())
    assert [unpacked(path) for path in kept_outputs(settings.output)] == before[1:3]


def test_an_output_that_is_left_alone_is_not_kept(settings: Settings) -> None:
    run(settings)
    run(settings)
    os.utime(settings.data_dir / "calendar" / "fernhollow.ics", ns=(1, 1))
    assert run(settings).output_left_alone
    assert kept_outputs(settings.output) == []


def test_a_narrowed_run_keeps_its_own(settings: Settings) -> None:
    run(settings)
    for include_unmatched in (False, True, True):
        run(settings, sources=("slack",), include_unmatched=include_unmatched)
    narrowed = replace(settings, sources=("slack",))
    assert len(kept_outputs(narrowed.written_output)) == 1
    assert kept_outputs(settings.output) == []


def test_what_is_kept_in_the_data_folder_is_no_input(settings: Settings) -> None:
    inside = replace(settings, output=settings.data_dir / "out" / "etl_output.json")
    for number in range(3):
        run(inside, include_unmatched=number % 2 == 0)
    assert kept_outputs(inside.output)
    last = run(inside, include_unmatched=True)
    assert (last.status, last.unrecognised) == ("unchanged", ())


def test_a_kill_between_keeping_and_replacing_keeps_it_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(path: Path, new_sha256: str) -> None:
        keep(path, new_sha256)
        raise KeyboardInterrupt

    run(settings)
    first = settings.output.read_text()
    with monkeypatch.context() as patched:
        patched.setattr("etl.finishing.keep", killed)
        with pytest.raises(KeyboardInterrupt):
            run(settings, include_unmatched=True)
    assert settings.output.read_text() == first
    run(settings, include_unmatched=True)
    assert [unpacked(path) for path in kept_outputs(settings.output)] == [first]
