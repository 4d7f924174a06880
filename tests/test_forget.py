"""``forget`` along the whole road: planted in every kind of archive and in every file that we
write, then forgotten, then looked for byte by byte.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from etl.contract.validation import validate_file
from tests.running import PROJECT, Workplace
from tests.sources.slack.writing import say, write_export
from tests.traces import traces

PERSON = "Quillon Zarbek"
ADDRESS = "q.zarbek@zindle.example"
OF_PERSON = ("zarbek", "U0ZARBEK1", "user777001", "vexing-one", "vexing-two", "vexing-three")
CHAT = "Vexhollow Lounge"
OF_CHAT = ("vexhollow", "lounge-talk", "telegram_lounge_person")
COMPANY = "Zindle"
OF_COMPANY = ("ext-zindle", "zindle works", "zindle <>", "company-talk", "company-note", "zia zim")
MAPPING = """\
base_company,variant_name,slack_group,telegram_group,calendar_domain,full_node_address,variant_type
Zindle,Zindle Works,ext-zindle,Zindle <> Fernhollow,zindle.example,,base
Acorn Freight,Acorn Freight Mainnet,ext-acorn,Acorn Freight <> Fernhollow,acorn.example,,base
"""
EVENT = """\
BEGIN:VEVENT
UID:{uid}
DTSTART:202501{day}T100000Z
DTEND:202501{day}T110000Z
SUMMARY:{title}
DESCRIPTION:{said}
ORGANIZER;CN={organizer}:mailto:{address}
ATTENDEE;CN=Ada Brook;PARTSTAT=ACCEPTED:mailto:ada@acorn.example
ATTENDEE;CN={organizer};PARTSTAT=ACCEPTED:mailto:{address}
END:VEVENT
"""


class Planted(Workplace):
    """A workplace whose archives hold what is to be forgotten."""

    def command(self, *arguments: str) -> list[str]:
        command = super().command(*arguments)
        command[command.index("--mapping") + 1] = str(self.root / "mapping.csv")
        return command

    def forget(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = self.run("forget", *arguments)
        assert "Traceback" not in done.stderr
        return done

    def left_of(self, needles: tuple[str, ...]) -> set[tuple[str, str]]:
        found = traces(self.root, needles, but=self.data)
        return {(name, needle) for name, needle in found if name != "mapping.csv"}


@pytest.fixture
def place(tmp_path: Path) -> Planted:
    return planted(tmp_path)


def planted(root: Path) -> Planted:
    place = Planted(root)
    place.data.mkdir()
    (root / "mapping.csv").write_text(MAPPING)
    _slack(place.data / "slack")
    _telegram(place.data / "ChatExport_2025-03-01" / "result.json")
    _calendar(place.data / "work.ics")
    _hubspot(place.data)
    return place


def _slack(root: Path) -> None:
    def user(id_: str, name: str, real: str, email: str) -> dict[str, Any]:
        profile = {"display_name": name, "real_name": real, "email": email}
        return {"id": id_, "team_id": "T0FERN", "name": name, "profile": profile}

    users = [
        user("U0ZARBEK1", PERSON, PERSON, ADDRESS),
        user("U0ADABROO", "Ada Brook", "Ada Brook", "ada@acorn.example"),
        user("U0FERNONE", "Fern One", "Fern One", "fern@fernhollow.example"),
    ]
    both = ["U0ZARBEK1", "U0ADABROO", "U0FERNONE"]
    channels = [
        {"id": "C0ACORN01", "name": "ext-acorn", "members": both},
        {"id": "C0ZINDLE1", "name": "ext-zindle", "members": both},
        {"id": "C0LOUNGE1", "name": "vexhollow-lounge", "members": both},
    ]
    long = " ".join(f"word{n}" for n in range(900))
    acorn = [
        say("1735725600.000100", f"vexing-one {long}", "U0ZARBEK1"),
        say("1735725700.000100", f"thanks <@U0ZARBEK1>, says {PERSON}", "U0ADABROO"),
        say(
            "1735725800.000100",
            "stays here",
            "U0ADABROO",
            reactions=[{"name": "+1", "users": ["U0ZARBEK1"], "count": 1}],
        ),
        say("1735725900.000100", "joined", "U0ZARBEK1", subtype="channel_join"),
    ]
    days = {
        "ext-acorn/2025-01-01.json": acorn,
        "ext-zindle/2025-01-01.json": [
            say("1735725600.000200", f"company-talk {long}", "U0FERNONE")
        ],
        "vexhollow-lounge/2025-01-01.json": [
            say("1735725600.000300", f"lounge-talk {long}", "U0FERNONE")
        ],
    }
    write_export(root, days, users=users, channels=channels)


def _telegram(path: Path) -> None:
    def message(number: int, who: str, id_: str, text: str, **more: Any) -> dict[str, Any]:
        return {
            "id": number,
            "type": "message",
            "date": f"2025-01-{number:02}T10:00:00",
            "date_unixtime": str(1735725600 + number * 86400),
            "from": who,
            "from_id": id_,
            "text": text,
            "text_entities": [{"type": "plain", "text": text}],
            **more,
        }

    def chat(id_: int, name: str, kind: str, *messages: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "type": kind, "id": id_, "messages": list(messages)}

    ada, zarbek = ("Ada Brook", "user1001"), (PERSON, "user777001")
    invited = {
        "id": 5,
        "type": "service",
        "date": "2025-01-05T10:00:00",
        "date_unixtime": "1736157600",
        "actor": "Ada Brook",
        "actor_id": "user1001",
        "action": "invite_members",
        "members": [PERSON],
        "text": "",
        "text_entities": [],
    }
    chats = [
        chat(
            1,
            "Acorn Freight <> Fernhollow",
            "private_group",
            message(1, *ada, "hello all"),
            message(2, *zarbek, "vexing-two"),
            message(3, *ada, "vexing-three", forwarded_from=PERSON),
            message(4, *ada, f"ask {PERSON.upper()}, or quillon_zarbek"),
            invited,
        ),
        chat(2, CHAT, "private_group", message(1, *ada, "lounge-talk in Telegram")),
        chat(3, PERSON, "personal_chat", message(1, "Fern One", "user5", "vexing-one, alone")),
        chat(4, "Zindle <> Fernhollow", "private_group", message(1, *ada, "company-talk, too")),
    ]
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"chats": {"about": "", "list": chats}}))


def _calendar(path: Path) -> None:
    events = [
        EVENT.format(
            uid="e1", day="10", title=f"1:1 {PERSON}", said="plain", organizer="Ada Brook",
            address="ada@acorn.example",
        ),
        EVENT.format(
            uid="e2", day="11", title="Acorn sync", said=f"with {PERSON}", organizer=PERSON,
            address=ADDRESS,
        ),
        EVENT.format(
            uid="e3", day="12", title="company-note", said="x", organizer="Zia Zim",
            address="zia@zindle.example",
        ),
    ]  # fmt: skip
    body = "".join(events).replace("\n", "\r\n")
    path.write_text(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n")


def _hubspot(root: Path) -> None:
    (root / "hubspot-crm-exports-all-contacts-2025-03-14.csv").write_text(
        "Record ID,First Name,Last Name,Email,Phone Number,Company Name,Contact owner,"
        "Create Date,Associated Company IDs\n"
        f"1,Quillon,Zarbek,{ADDRESS},,Elsewhere,Fern One,2025-01-08 10:01,\n"
        f"2,Ada,Brook,ada@acorn.example,,Acorn Freight,{PERSON},2025-01-08 10:01,11\n"
        "3,Zia,Zim,zia@zindle.example,,Zindle,Fern One,2025-01-08 10:01,12\n"
    )
    (root / "hubspot-crm-exports-all-deals-2025-03-14.csv").write_text(
        "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Create Date,Deal owner,"
        "Associated Company IDs,Associated Company\n"
        f"21,Acorn freight deal,Open,Sales,10,2025-05-01,2025-01-01,{PERSON},11,Acorn Freight\n"
        "22,company-note deal,Open,Sales,10,2025-05-01,2025-01-01,Fern One,12,Zindle\n"
    )


def make_everything(place: Planted) -> None:
    """Have every file there is that may hold it: also what only a mishap leaves."""
    assert place.run("--debug").returncode == 0
    assert place.run("--include-unmatched", "--keep", "3").returncode == 0
    assert len([*place.output.parent.glob("etl_output.*.zst")]) == 1
    assert place.run("--source", "slack", "--include-unmatched").returncode == 0
    assert place.run("match", "--sample", "50").returncode == 0
    out = place.output.parent
    shutil.copy(place.state, f"{place.state}.corrupt-1")
    shutil.copy(place.output, place.state.with_name("etl_output.fallback.json"))
    shutil.copy(place.output, out / ".etl_output.json.killed.tmp")
    Path(f"{place.state}.spool").mkdir(exist_ok=True)
    shutil.copy(place.output, Path(f"{place.state}.spool") / "killed.spool")
    line = "2025-01-01 10:00:00,000 - INFO - {}\n"
    said = [line.format(word) for word in (PERSON, CHAT, "Zindle <> Fernhollow", "nobody at all")]
    place.log.with_name(f"{place.log.name}.1").write_text("".join(said))


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("everything")
    make_everything(planted(root))
    return root


@pytest.fixture
def full(everything: Path, tmp_path: Path) -> Planted:
    """A copy of a place that has every file there is that may hold it."""
    shutil.copytree(everything, tmp_path, dirs_exist_ok=True)
    return Planted(tmp_path)


def test_what_is_planted_is_everywhere_to_begin_with(full: Planted) -> None:
    for needles in (OF_PERSON, OF_CHAT, OF_COMPANY):
        found = {name for name, _ in full.left_of(needles)}
        assert {"out/etl_output.json", "out/state.db", "out/state.db.corrupt-1"} <= found
        assert {"run.log.1", "out/.etl_output.json.killed.tmp"} <= found
        assert {needle for _, needle in full.left_of(needles)} >= {*needles} - {
            "telegram_lounge_person"
        }


@pytest.mark.parametrize(
    ("asked", "needles"),
    [
        (("--person", PERSON), OF_PERSON),
        (("--person", ADDRESS), OF_PERSON),
        (("--chat", CHAT, "--chat", "vexhollow-lounge"), OF_CHAT),
        (("--company", COMPANY), OF_COMPANY),
    ],
    ids=("name", "address", "chat", "company"),
)
def test_no_byte_is_left_in_anything_we_wrote(
    full: Planted, asked: tuple[str, ...], needles: tuple[str, ...]
) -> None:
    found = full.report["sources"]
    done = full.forget(*asked)
    assert done.returncode == 0, done.stderr
    assert full.left_of(needles) == set()
    assert validate_file(full.output).ok
    assert "nobody at all" in full.log.with_name("run.log.1").read_text()
    assert (full.output.parent / "match_sheet.csv").read_text().startswith("source,method,")
    # Later runs, from nothing too, do not bring it back; what was found stays found.
    for arguments in ("", "--fresh", "--source slack", "--executor process --fresh"):
        assert full.run(*arguments.split()).returncode == 0
        assert full.left_of(needles) == set()
    for path in full.output.parent.glob("state.db*"):
        if path.suffix != ".forgotten" and path.is_file():
            path.unlink()
    assert full.run().returncode == 0
    assert full.left_of(needles) == set()
    for name, source in full.report["sources"].items():
        assert source["found"] == found[name]["found"]
        accounted = source["accepted"] + source["duplicate"] + source["quarantined"]
        assert source["found"] == accounted + sum(source["ignored"].values())
    assert sum(s["ignored"].get("forgotten", 0) for s in full.report["sources"].values()) > 0


def test_forgotten_company_is_no_company_of_the_output(place: Planted) -> None:
    place.run()
    place.forget("--company", "zindle")
    assert set(place.result["companies"]) == {"Acorn Freight"}
    assert set(place.result["statistics"]["data_coverage"]) == {"Acorn Freight"}
    assert place.result["metadata"]["total_companies"] == 1
    # Its people stay where they take part in what is others'.
    assert ADDRESS in place.output.read_text()


def test_new_items_of_a_forgotten_company_leave_as_they_come(place: Planted) -> None:
    place.run()
    place.forget("--company", COMPANY)
    extra = EVENT.format(
        uid="e9",
        day="20",
        title="late-one",
        said="late-two",
        organizer="Zed",
        address="z@zindle.example",
    )
    (place.data / "more.ics").write_text(
        f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{extra}END:VCALENDAR\n".replace("\n", "\r\n")
    )
    done = place.run()
    assert done.returncode == 0, done.stderr
    assert place.left_of(("late-one", "late-two", "z@zindle")) == set()
    ignored = place.report["sources"]["calendar"]["ignored"]
    assert ignored["forgotten"] == 3
    assert place.run().returncode == 0
    assert place.report["status"] == "unchanged"
    # And once its rows are gone from the mapping: nobody's, and still away.
    kept = [line for line in MAPPING.splitlines(keepends=True) if "zindle" not in line]
    (place.root / "mapping.csv").write_text("".join(kept))
    assert place.run("--fresh", "--include-unmatched").returncode == 0
    assert place.left_of(("late-one", "late-two", "z@zindle", "company-talk")) == set()


def test_person_leaves_everything_and_the_rest_stays(place: Planted) -> None:
    place.run()
    before = place.report["sources"]
    assert place.forget("--person", PERSON).returncode == 0
    company = place.result["companies"]["Acorn Freight"]
    (channel,) = (one for one in company["slack_channels"] if one["name"] == "ext-acorn")
    texts = [message["text"] for message in channel["messages"]]
    assert texts == ["thanks @[forgotten], says [forgotten]", "stays here"]
    assert "reactions" not in channel["messages"][1]
    assert channel["participants"] == ["Ada Brook", "Fern One"]
    assert channel["message_count"] == 2
    (chat,) = company["telegram_chats"]
    assert [message["message_id"] for message in chat["messages"]] == ["1", "4", "5"]
    assert chat["messages"][1]["text"] == "ask [forgotten], or [forgotten]"
    (deal,) = company["hubspot_deals"]
    assert deal["owner"] is None
    meetings = {meeting["uid"]: meeting for meeting in company["calendar_meetings"]}
    assert meetings["e1"]["title"] == "1:1 [forgotten]"
    assert meetings["e2"]["organizer"] is None
    assert [one["name"] for one in meetings["e2"]["attendees"]] == ["Ada Brook"]
    after = place.report["sources"]
    gone = {name: after[name]["ignored"].get("forgotten") for name in after}
    assert gone == {"slack": 2, "telegram": 3, "calendar": None, "hubspot": 1}
    assert {n: s["found"] for n, s in after.items()} == {n: s["found"] for n, s in before.items()}


def test_dry_run_says_what_would_go_and_changes_nothing(place: Planted) -> None:
    place.run()
    before = {path: path.read_bytes() for path in place.root.rglob("*") if path.is_file()}
    done = place.forget("--person", PERSON, "--company", COMPANY, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert f"person '{PERSON}'" in done.stdout
    assert "also called: U0ZARBEK1, q.zarbek@zindle.example, user777001" in done.stdout
    assert "messages of theirs, or passed on from them: 4" in done.stdout
    assert "hubspot_contacts: 1 as a whole" in done.stdout
    assert "ChatExport_2025-03-01" in done.stdout
    assert before == {path: path.read_bytes() for path in before}


def test_what_is_found_nowhere_is_said_and_listed(place: Planted) -> None:
    place.run()
    done = place.forget("--person", "Nobody Known", "--dry-run")
    assert (done.returncode, done.stderr) == (3, "")
    assert "FOUND NOWHERE" in done.stdout
    done = place.forget("--person", "Nobody Known")
    assert done.returncode == 3
    assert "FOUND NOWHERE" in done.stdout
    assert "'Nobody Known' is on the list now, but was found nowhere" in done.stderr
    assert place.forget("--person", "Nobody Known").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "forget takes --chat, --person or --company"),
        (("--chat", " "), 2, "is empty"),
        (("--chat", "x", "--source", "slack"), 2, "leave out --source and --limit"),
        (("--chat", "x"), 66, "nothing was read yet; run first"),
        (("--undo",), 66, "nothing was forgotten"),
    ],
)
def test_wrong_use_is_refused(
    place: Planted, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = place.forget(*arguments)
    assert done.returncode == status
    assert said in done.stderr


def test_undo_brings_back_what_is_asked_then_all(place: Planted) -> None:
    place.run()
    whole = place.content_sha256
    place.forget("--person", PERSON, "--chat", CHAT)
    assert place.forget("--undo", "--person", "somebody else").returncode == 66
    assert place.forget("--undo", "--person", PERSON.lower()).returncode == 0
    assert place.left_of(("zarbek",))
    assert not place.left_of(("lounge-talk in telegram",))
    assert place.forget("--undo").returncode == 0
    assert place.content_sha256 == whole
    assert not Path(f"{place.state}.forgotten").exists()


@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_list_that_is_damaged_or_gone_stops_every_run(place: Planted, damage: str) -> None:
    place.run()
    place.forget("--person", PERSON)
    path = Path(f"{place.state}.forgotten")
    listed = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(listed[: len(listed) // 2])
    else:
        data = json.loads(listed)
        data["list"]["entries"][0]["names"] = []
        path.write_text(json.dumps(data))
    output = place.output.read_bytes()
    for arguments in ((), ("--fresh",), ("--source", "slack")):
        done = place.run(*arguments)
        assert done.returncode == 78
        assert "the list of what was forgotten is" in done.stderr
    status = place.run("status")
    assert status.returncode == 0, status.stderr
    assert "the list of what was forgotten is" in status.stdout
    assert "forget --undo" in status.stdout
    assert "a run ends with 78" in status.stdout
    assert place.output.read_bytes() == output
    path.write_bytes(listed)
    assert place.run().returncode == 0
    assert place.left_of(OF_PERSON) == set()
    path.write_bytes(b"{}")
    assert place.forget("--undo").returncode == 0
    assert place.left_of(("zarbek",))


def test_list_put_beside_a_state_that_does_not_know_it_is_obeyed(place: Planted) -> None:
    place.run()
    place.forget("--person", PERSON)
    path = Path(f"{place.state}.forgotten")
    listed = path.read_bytes()
    place.forget("--undo")
    path.write_bytes(listed)
    assert "another list than the last run's; the next run reads all" in place.run("status").stdout
    done = place.run()
    assert done.returncode == 0, done.stderr
    assert place.report["status"] == "complete"
    assert place.left_of(OF_PERSON) == set()


STOPPED = """
import os, signal, sys, runpy
from etl.privacy import {module}
def stop(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
{module}.{function} = stop
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize(
    ("module", "function"),
    [("sweeping", "remove_state"), ("sweeping", "_rewrite"), ("suppressed", "load")],
)
def test_killed_in_the_middle_the_next_run_finishes_it(
    full: Planted, module: str, function: str
) -> None:
    python, *rest = full.command("forget", "--person", PERSON)
    program = STOPPED.format(module=module, function=function)
    killed = subprocess.run(
        [python, "-c", program, *rest], cwd=PROJECT, capture_output=True, check=False
    )
    assert killed.returncode == -9, killed.stderr
    said = full.run("status").stdout
    if function != "load":
        assert "`forget` was cut short" in said
        assert "Run: that is removed first, and then all is read again without it" in said
        assert "Pending" not in said
    done = full.run()
    assert "Forgotten" not in full.run("status").stdout
    assert done.returncode == 0, done.stderr
    if function != "load":  # at which nothing was listed yet
        assert full.left_of(OF_PERSON) == set()


def test_run_that_fails_after_it_leaves_nothing_and_says_so(full: Planted) -> None:
    archives = full.data.rename(full.root / "elsewhere")
    done = full.forget("--person", PERSON)
    assert done.returncode == 66
    assert "the run that writes the output anew has failed" in done.stderr
    assert {name for name, _ in full.left_of(OF_PERSON)} == {
        name for name, _ in full.left_of(OF_PERSON) if name.startswith("elsewhere")
    }
    archives.rename(full.data)
    assert full.run().returncode == 0
    assert full.left_of(OF_PERSON) == set()


def test_list_holds_no_name(place: Planted) -> None:
    place.run()
    place.forget("--person", PERSON, "--chat", CHAT, "--company", COMPANY)
    path = Path(f"{place.state}.forgotten")
    for needle in (*OF_PERSON, *OF_CHAT, *OF_COMPANY, "quillon", "zindle", "lounge"):
        assert needle not in path.read_text().casefold()
    assert path.stat().st_mode & 0o777 == 0o600


def test_audit_holds_the_output_to_what_it_says_was_left_out(place: Planted) -> None:
    place.run()
    place.forget("--person", PERSON, "--chat", CHAT)
    audited = place.run("audit")
    assert audited.returncode == 0, audited.stdout
    assert "left out, as the result says" in audited.stdout
    # Something more is gone: that is not what was left out.
    result = place.result
    for company in result["companies"].values():
        for chat in company["telegram_chats"]:
            del chat["messages"][0]
    place.output.write_text(json.dumps(result))
    assert place.run("audit").returncode == 65
