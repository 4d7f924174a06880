"""The whole road: exports in, ``etl_output.json`` out, as a user would go it."""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from etl.contract.validation import validate_file
from tests.running import MAPPING, PROJECT, SAMPLE, Workplace, items_of

EXPECTED = json.loads((PROJECT / "tests" / "data" / "sample_expected.json").read_bytes())
NOT_READ = {"telegram/DataExport_2025-03-14/export_results.html"}
"""Known, and passed over whatever it holds, but for whose account it is."""
ARCHIVE_FILES = sorted(
    path.relative_to(SAMPLE).as_posix()
    for path in SAMPLE.rglob("*")
    if path.suffix in {".html", ".zip", ".ics", ".csv"} and "lists" not in path.parts
)


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path).with_sample()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    workplace = Workplace(tmp_path_factory.mktemp("undisturbed")).with_sample()
    assert workplace.run().returncode == 0
    return workplace


def test_sample_gives_what_its_page_says(undisturbed: Workplace) -> None:
    statistics = undisturbed.result["statistics"]
    assert statistics["items"] == EXPECTED["items"]
    assert undisturbed.result["metadata"]["sample"] is False


def test_sample_output_keeps_the_contract(undisturbed: Workplace) -> None:
    report = validate_file(undisturbed.output)
    assert report.ok, report.errors


def test_second_run_reads_nothing_and_leaves_the_output_alone(workplace: Workplace) -> None:
    first = workplace.run()
    before = workplace.output.stat()
    second = workplace.run()
    after = workplace.output.stat()
    assert (first.returncode, second.returncode) == (0, 0)
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    assert workplace.report["status"] == "unchanged"
    assert workplace.report["performance"]["units_read"] == 0
    assert "nothing changed" in second.stdout


def test_touched_file_is_read_again_but_the_same_content_is_left_alone(
    workplace: Workplace,
) -> None:
    workplace.run()
    before = workplace.output.stat().st_mtime_ns
    os.utime(workplace.data / "calendar" / "fernhollow.ics", ns=(1, 1))
    workplace.run()
    assert workplace.report["performance"]["units_read"] == 1
    assert workplace.report["output_left_alone"] is True
    assert workplace.output.stat().st_mtime_ns == before


def test_damaged_output_is_written_again(workplace: Workplace) -> None:
    workplace.run()
    content = workplace.content_sha256
    workplace.output.write_bytes(workplace.output.read_bytes()[:-100])
    workplace.run()
    assert workplace.content_sha256 == content
    assert validate_file(workplace.output).ok


@pytest.mark.parametrize(
    "arguments",
    [
        ("--max-workers", "1", "--executor", "thread"),
        ("--max-workers", "8", "--executor", "thread"),
        ("--max-workers", "1", "--executor", "process"),
        ("--max-workers", "8", "--executor", "process", "--batch-size", "1"),
    ],
)
def test_content_is_the_same_however_it_is_read(
    tmp_path: Path, undisturbed: Workplace, arguments: tuple[str, ...]
) -> None:
    workplace = Workplace(tmp_path / "elsewhere")
    _copy_shuffled(undisturbed.data, workplace.data)
    done = workplace.run(*arguments, PYTHONHASHSEED="7", TZ="Pacific/Auckland", LC_ALL="C")
    assert done.returncode == 0
    assert workplace.content_sha256 == undisturbed.content_sha256


def test_state_is_only_a_cache(workplace: Workplace) -> None:
    workplace.run()
    content = workplace.content_sha256
    for path in workplace.state.parent.glob("state.db*"):
        path.unlink()
    workplace.run()
    assert workplace.content_sha256 == content
    workplace.run("--fresh")
    assert workplace.content_sha256 == content


def _by_itself(item: dict[str, Any]) -> dict[str, Any]:
    """An item without what other items teach: who of us is in many companies' chats."""
    messages = [
        {name: value for name, value in message.items() if name != "is_ours"}
        for message in item.get("messages", ())
    ]
    alone = {name: value for name, value in item.items() if name != "our_people"}
    return alone | {"messages": messages} if messages else alone


@pytest.mark.parametrize("name", ARCHIVE_FILES)
@pytest.mark.parametrize("damage", ["cut", "noise", "empty"])
def test_damage_to_one_file_touches_only_what_depends_on_it(
    workplace: Workplace, undisturbed: Workplace, name: str, damage: str
) -> None:
    path = workplace.data / name
    whole = path.read_bytes()
    noise = random.Random(name).randbytes(len(whole))
    path.write_bytes({"cut": whole[: len(whole) * 2 // 3], "noise": noise, "empty": b""}[damage])
    done = workplace.run("--debug")
    assert done.returncode in {0, 3}, done.stderr
    assert "Traceback" not in done.stderr
    assert validate_file(workplace.output).ok
    before, after = items_of(undisturbed.result), items_of(workplace.result)
    for key, item in before.items():
        if _independent(item, name):
            assert _by_itself(after[key]) == _by_itself(item)
    named = any(problem["path"] == name for problem in workplace.report["quarantine"])
    if name not in NOT_READ and not named:
        assert _said(workplace) != _said(undisturbed), "nothing says that this file is damaged"


def test_what_may_not_be_read_is_reported_and_tried_again(
    workplace: Workplace, undisturbed: Workplace
) -> None:
    under = _without_power()
    closed = [
        workplace.data / "calendar" / "fernhollow.ics",
        workplace.data / "hubspot",
        workplace.data / "telegram/DataExport_2025-03-14/chats/chat_2/messages.html",
    ]
    for path in closed:
        path.chmod(0)
    done = workplace.run(under=under)
    told = {problem["path"] for problem in workplace.report["quarantine"]}
    assert done.returncode == 3, done.stderr
    assert all(any(path.name in place for place in told) for path in closed), told
    assert validate_file(workplace.output).ok
    for path in closed:
        path.chmod(0o700)
    assert workplace.run(under=under).returncode == 0
    assert workplace.content_sha256 == undisturbed.content_sha256


def test_emptied_data_folder_leaves_the_good_output_alone(workplace: Workplace) -> None:
    workplace.run()
    before = workplace.output.read_bytes()
    shutil.rmtree(workplace.data)
    workplace.data.mkdir()
    done = workplace.run()
    assert done.returncode == 66
    assert workplace.output.read_bytes() == before


def test_many_units_gone_at_once_are_refused_until_allowed(workplace: Workplace) -> None:
    workplace.run()
    before = workplace.output.read_bytes()
    shutil.rmtree(workplace.data / "telegram")
    refused = workplace.run()
    assert refused.returncode == 66
    assert "--allow-shrink" in refused.stderr
    assert workplace.output.read_bytes() == before
    assert workplace.run("--allow-shrink").returncode == 0
    assert workplace.result["statistics"]["total_telegram_chats"] == 0


def test_what_vanished_leaves_and_is_reported(workplace: Workplace) -> None:
    workplace.run()
    (workplace.data / "calendar" / "fernhollow.ics").unlink()
    assert workplace.run().returncode == 0
    assert workplace.report["vanished"] == 1
    assert workplace.result["statistics"]["total_calendar_meetings"] == 0


def test_changed_mapping_matches_again_without_reading(
    workplace: Workplace, tmp_path: Path
) -> None:
    workplace.run()
    mapping = tmp_path / "other.csv"
    mapping.write_text("base_company,calendar_domain\nSomebody,brightquay.example\n")
    done = workplace.run("--mapping", str(mapping))
    assert done.returncode == 0
    assert workplace.report["performance"]["units_read"] == 0
    assert set(workplace.result["companies"]) == {"Somebody"}


def test_empty_mapping_leaves_everything_unmatched(workplace: Workplace, tmp_path: Path) -> None:
    mapping = tmp_path / "empty.csv"
    mapping.write_text("base_company,variant_name\n")
    assert workplace.run("--mapping", str(mapping)).returncode == 0
    items = workplace.result["statistics"]["items"]
    assert all(counts["unmatched"] == counts["accepted"] for counts in items.values())


def test_narrowed_run_is_partial_and_evicts_nothing(workplace: Workplace) -> None:
    workplace.run()
    before = workplace.output.read_bytes()
    assert workplace.run("--source", "slack", "--limit", "2").returncode == 0
    partial = json.loads((workplace.output.parent / "partial" / "etl_output.json").read_bytes())
    assert partial["metadata"]["partial"] is True
    assert partial["statistics"]["total_slack_channels"] == 2
    assert workplace.output.read_bytes() == before
    workplace.run()
    assert workplace.report["status"] == "unchanged"


def test_unmatched_conversations_carry_messages_only_when_asked(workplace: Workplace) -> None:
    workplace.run()
    assert all("messages" not in chat for chat in workplace.result["unmatched"]["telegram_chats"])
    workplace.run("--include-unmatched")
    assert all("messages" in chat for chat in workplace.result["unmatched"]["telegram_chats"])
    assert validate_file(workplace.output).ok


def test_what_is_written_is_its_owners_only(workplace: Workplace) -> None:
    workplace.run()
    written = [path for path in (workplace.root / "out").rglob("*") if path.is_file()]
    written.append(workplace.log)
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}


def test_output_that_is_a_device_is_refused_and_left_alone(workplace: Workplace) -> None:
    workplace.output.parent.mkdir()
    workplace.output.symlink_to(os.devnull)
    assert workplace.run().returncode == 73
    assert Path(os.devnull).is_char_device()


def test_one_archive_may_stand_for_the_data_folder(workplace: Workplace) -> None:
    (archive,) = (workplace.data / "slack").glob("*.zip")
    done = workplace.run("--data-dir", str(archive))
    assert done.returncode == 0, done.stderr
    assert workplace.result["statistics"]["total_slack_channels"] == 6
    assert workplace.result["statistics"]["total_telegram_chats"] == 0


def test_damage_inside_a_zip_that_keeps_its_directory_is_noticed(workplace: Workplace) -> None:
    workplace.run()
    (archive,) = (workplace.data / "slack").glob("*.zip")
    with zipfile.ZipFile(archive) as opened:
        member = next(info for info in opened.infolist() if info.filename.startswith("general/2"))
        place = member.header_offset + 30 + len(member.filename) + member.compress_size // 2
    whole = archive.read_bytes()
    archive.write_bytes(whole[:place] + bytes(8) + whole[place + 8 :])
    workplace.run()
    assert any(member.filename in p["path"] for p in workplace.report["quarantine"])


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_damaged_state_is_moved_aside_and_made_again(
    workplace: Workplace, undisturbed: Workplace, share: float
) -> None:
    workplace.run()
    whole = bytearray(workplace.state.read_bytes())
    start = int(len(whole) * share)
    whole[start : start + 8192] = random.Random(share).randbytes(8192)
    workplace.state.write_bytes(whole)
    os.utime(workplace.data / "calendar" / "fernhollow.ics", ns=(1, 1))
    done = workplace.run("--include-unmatched")
    assert done.returncode == 0, done.stderr
    done = workplace.run()
    assert done.returncode == 0, done.stderr
    assert workplace.content_sha256 == undisturbed.content_sha256


@pytest.mark.parametrize("option", ["--db-path", "--output"])
def test_full_disk_is_said_and_leaves_the_earlier_output(workplace: Workplace, option: str) -> None:
    """A limit on the size of files stands for the full disk."""
    workplace.run()
    before = workplace.output.read_bytes()
    limited = ("bash", "-c", 'trap "" XFSZ; ulimit -f 30; exec "$0" "$@"')
    place = workplace.root / "small" / "file"
    done = workplace.run("--fresh", option, str(place), under=limited)
    assert done.returncode in {73, 74}, done.stderr
    assert "Traceback" not in done.stderr
    assert not place.is_file() or option == "--db-path"
    assert workplace.output.read_bytes() == before


def test_chats_in_a_zip_that_broke_are_said_to_be_out_of_reach(workplace: Workplace) -> None:
    chats = workplace.data / "telegram" / "DataExport_2025-03-14"
    archive = shutil.make_archive(str(workplace.data / "chats"), "zip", chats)
    shutil.rmtree(chats)
    workplace.run()
    whole = Path(archive).read_bytes()
    Path(archive).write_bytes(whole[: len(whole) // 2])
    for _ in range(2):
        assert workplace.run().returncode == 3
        assert workplace.report["lost"] == {"telegram": 7}
    Path(archive).write_bytes(whole)
    assert workplace.run().returncode == 0
    assert workplace.report["lost"] == {}


def test_chats_in_a_folder_that_may_not_be_entered_are_said_to_be_out_of_reach(
    workplace: Workplace, undisturbed: Workplace
) -> None:
    under = _without_power()
    workplace.run(under=under)
    (workplace.data / "telegram").chmod(0)
    done = workplace.run(under=under)
    assert done.returncode == 3, done.stderr
    assert (workplace.report["lost"], workplace.report["vanished"]) == ({"telegram": 9}, 0)
    (workplace.data / "telegram").chmod(0o700)
    assert workplace.run(under=under).returncode == 0
    assert workplace.content_sha256 == undisturbed.content_sha256


def test_a_renamed_folder_is_no_shrinking(workplace: Workplace) -> None:
    workplace.run()
    content = workplace.content_sha256
    (workplace.data / "telegram").rename(workplace.data / "chats")
    assert workplace.run().returncode == 0
    assert workplace.report["vanished"] == 9
    assert workplace.content_sha256 != content  # the archive's place is told


@pytest.mark.parametrize(
    ("flag", "other"),
    [("--output", "mapping"), ("--output", "state"), ("--db-path", "log"), ("--output", "data")],
)
def test_a_file_is_never_two_things_at_once(
    workplace: Workplace, tmp_path: Path, flag: str, other: str
) -> None:
    mapping = tmp_path / "mapping.csv"
    shutil.copy(MAPPING, mapping)
    archive = workplace.data / "calendar" / "fernhollow.ics"
    places = {"mapping": mapping, "state": workplace.state, "log": workplace.log, "data": archive}
    before = archive.read_bytes(), mapping.read_bytes()
    done = workplace.run("--mapping", str(mapping), flag, str(places[other]))
    assert done.returncode in {73, 78}, done.stderr
    assert (archive.read_bytes(), mapping.read_bytes()) == before


def test_mapping_without_its_columns_leaves_the_good_output(
    workplace: Workplace, tmp_path: Path
) -> None:
    workplace.run()
    before = workplace.output.read_bytes()
    mapping = tmp_path / "titled.csv"
    mapping.write_text("Our companies\nname,domain\nAcorn,acorn.example\n")
    done = workplace.run("--mapping", str(mapping))
    assert done.returncode == 78
    assert "base_company" in done.stderr
    assert workplace.output.read_bytes() == before


def test_a_folder_for_a_mapping_is_a_wrong_setting(workplace: Workplace, tmp_path: Path) -> None:
    assert workplace.run("--mapping", str(tmp_path)).returncode == 78


def test_a_terminal_without_the_letters_does_not_end_a_run(tmp_path: Path) -> None:
    workplace = Workplace(tmp_path / "d\u00e9j\u00e0").with_sample()
    done = workplace.run(PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr


def test_a_run_that_fails_says_so_in_its_report(workplace: Workplace) -> None:
    workplace.run()
    shutil.rmtree(workplace.data)
    assert workplace.run().returncode == 66
    assert (workplace.report["status"], workplace.report["exit_status"]) == ("failed", 66)


def test_mappings_beside_the_exports_are_no_trouble(workplace: Workplace) -> None:
    for header in ("base_company,slack_group", "\ufeffBase Company;Slack Groups"):
        (workplace.data / f"{len(header)}.csv").write_text(f"{header}\nSomebody,x\n")
    assert workplace.run("--max-errors", "1").returncode == 0
    assert workplace.report["passed_over"]["a company mapping"] == 2


def test_missing_mapping_is_said_in_one_line(workplace: Workplace) -> None:
    done = workplace.run("--mapping", "nowhere.csv")
    assert done.returncode == 66
    assert done.stderr.count("\n") == 1
    assert "nowhere.csv" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "variables", "status"),
    [
        (("--max-workers", "none"), {}, 2),
        (("--source", "fax"), {}, 2),
        (("--telegram-timezone", "Mars/Base"), {}, 2),
        (("--max-errors", "-3"), {}, 2),
        (("--calendar-from", "2025-02-01", "--calendar-to", "2025-01-01"), {}, 2),
        ((), {"ETL_MAX_WORKERS": "many"}, 78),
        ((), {"TELEGRAM_TIMEZONE": "Mars/Base"}, 78),
    ],
)
def test_wrong_settings_are_refused(
    workplace: Workplace, arguments: tuple[str, ...], variables: dict[str, str], status: int
) -> None:
    done = workplace.run(*arguments, under=(), **variables)
    assert done.returncode == status
    assert "Traceback" not in done.stderr


def test_too_much_quarantined_is_trouble_but_the_rest_is_there(workplace: Workplace) -> None:
    done = workplace.run("--max-errors", "0")
    assert done.returncode == 3
    assert workplace.result["statistics"]["items"] == EXPECTED["items"]


def test_check_writes_nothing(workplace: Workplace) -> None:
    before = sorted(workplace.root.rglob("*"))
    done = workplace.run("check")
    assert done.returncode == 0
    assert "telegram" in done.stdout
    assert sorted(workplace.root.rglob("*")) == before


def test_check_says_why_there_is_nothing_to_read(workplace: Workplace) -> None:
    shutil.rmtree(workplace.data)
    workplace.data.mkdir()
    done = workplace.run("check")
    assert done.returncode == 66
    assert f"no input: {workplace.data}: no export found" in done.stdout


def test_check_shows_settings_in_columns_and_no_file_of_labels(workplace: Workplace) -> None:
    labels = workplace.root / "labels.toml"
    labels.write_text('[deals]\nname = ["Vorgangsname"]\n')
    done = workplace.run("check", "--hubspot-labels", str(labels), "--hubspot-date-order", "dmy")
    shown = dict(line.split(maxsplit=1) for line in done.stdout.split("\n\n")[0].splitlines()[1:])
    assert shown["hubspot_date_order"] == "dmy"
    assert shown["hubspot_labels"] == "given"


def _without_power() -> tuple[str, ...]:
    """A command that runs commands to which permissions apply: root reads everything, unless
    it lets go of that power.
    """
    if os.geteuid():
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("permissions do not apply to root, and there is no setpriv")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


def _copy_shuffled(source: Path, target: Path) -> None:
    """The same files, made in another order, at other times."""
    paths = [path for path in source.rglob("*") if path.is_file()]
    random.Random(1).shuffle(paths)
    for number, path in enumerate(paths):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        os.utime(copy, (number, number))


def _independent(item: dict[str, Any], name: str) -> bool:
    """Whether an item does not depend on that file of the sample."""
    archive = item["archive"]
    if archive.split("/")[0] != name.split("/")[0]:
        return True
    merged = any(finding["kind"] == "merged" for finding in item["findings"])
    return not merged and not name.startswith(archive.split("!")[0])


def _said(workplace: Workplace) -> list[object]:
    """All that a run says of trouble."""
    report = workplace.report
    return [
        report["quarantine"],
        report["unrecognised"],
        workplace.result["statistics"]["findings"],
    ]
