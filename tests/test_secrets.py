"""What opens the services stands in nothing that is written or said, and what people wrote stands
in outputs and in the state alone: whatever command is run, and whatever goes wrong.

A command that is new is tried without being named here: alone, with the output, with the folder.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import zstandard

from etl import exits
from etl.cli import COMMANDS
from tests.hostile import exports
from tests.live.loopback import Answer, Loopback, Request
from tests.running import MAPPING, PROJECT, environment
from tests.sources.calendar import writing as ics
from tests.sources.slack import writing as slack
from tests.sources.telegram import export_builder as html
from tests.sources.telegram import json_builder as telegram_json

SECRETS = {
    "slack": "xoxb-77-canary-of-slack",
    "hubspot": "pat-eu1-canary-of-hubspot",
    "client": "canary-of-the-client",
    "refresh": "canary-of-the-person",
    "access": "canary-of-the-hour",
    "file": "xoxe-77-canary-of-a-file",
}
SAID = "canary-of-what-was-said"
"""Stands in every text that somebody wrote, and in no title."""

SCRIPT = """
import json, sys
from pathlib import Path
from etl import cli, output, reading, settings, state
from sources import registry
from sources.live import calling

urls, home, bug, *arguments = sys.argv[1:]
urls = json.loads(urls)
settings.HOME = Path(home)  # where an .env is looked for
calling.FIRST_PAUSE = calling.LONGEST_PAUSE = calling.BREAKER_SECONDS = 0.001

def load(name, credential):
    return registry._imported(registry.FETCHERS[name])(credential, base_url=urls[name])

registry.load_fetcher = load
if bug:
    where, _, what = bug.partition(":")
    def broken(*_, **__):
        raise KeyError(what) from ValueError(what)
    setattr({"content": output, "commit": state.State, "_read_unit": reading}[where], where, broken)
sys.exit(cli.main(arguments))
"""


def said(number: int) -> str:
    return f"{SAID} {number}"


def write_archives(data: Path) -> None:
    """Every source, whole and damaged, each with what somebody wrote."""
    time = "05.03.2024 10:00:00 UTC+00:00"
    page = html.Page("Acme").message(1, time, said(1), author="Ada")
    page.message(2, time, said(2), author="Ada").service(3, said(3))
    whole = page.html()
    html.write(data / "ChatExport_2024-03-05", whole)
    html.write(data / "ChatExport_2024-03-06", whole[: whole.rindex(SAID) + len(SAID)])
    html.write(data / "ChatExport_2024-03-07", whole.replace("message2", f"message{SAID}"))
    chat = telegram_json.chat([telegram_json.message(n, text=said(n)) for n in (5, 6)])
    text = telegram_json.text_of(chat)
    telegram_json.write(data / "json", text)
    telegram_json.write(data / "torn json", text[: text.rindex(SAID) + len(SAID)])
    telegram_json.write(data / "odd json", text.replace('"id": 6', f'"id": "{SAID}"'))
    shared = {"id": "F1", "name": "n", "mode": "hosted", "filetype": SECRETS["file"]}
    shared["url_private"] = f"https://files.slack.example/n?t={SECRETS['file']}"
    entries = [slack.say("1709287200.000100", said(7), files=[shared])]
    entries += [slack.say(SAID, said(8)), {"type": "message", "ts": {SAID: SAID}, "text": said(8)}]
    day = json.dumps(entries)
    days = {"general/2024-03-01.json": day.encode(), "general/2024-03-02.json": day[:-9].encode()}
    days["general/2024-03-03.json"] = f'[{{"text": {SAID}}}]'.encode()
    slack.write_export(data / "slack", days)
    event = ics.event("DTSTART:20240305T100000Z", f"DESCRIPTION:{said(9)}", "SUMMARY:Acme")
    torn = ics.event(f"DTSTART:{SAID}", f"RRULE:{SAID}", f"DESCRIPTION:{said(9)}", uid="2@x")
    (data / "team.ics").write_text(ics.calendar(event, torn), encoding="utf-8")
    (data / "cut.ics").write_text(ics.calendar(event)[:-40], encoding="utf-8")
    note = {"Record ID": "1", "Activity type": "Note", "Activity date": "2024-03-05 10:00"}
    rows = [note | {"Body": said(10)}, note | {"Record ID": "2", "Activity date": SAID}]
    table = exports.as_csv([*rows, note | {"Record ID": SAID, "Body": said(11)}])
    name = "hubspot-crm-exports-all-notes-2024-03-05.csv"
    (data / name).write_bytes(table + b'3,Note,"' + said(11).encode())
    with zipfile.ZipFile(data / "hostile.zip", "w") as archive:
        archive.writestr("../out.json", said(12))
    whole_zip = (data / "hostile.zip").read_bytes()
    (data / "broken.zip").write_bytes(whole_zip.replace(SAID.encode(), SAID.upper().encode(), 1))


# What a service may say: everything that it was told, so that somebody may quote it.


def _echo(request: Request) -> dict[str, object]:
    heard = {"headers": dict(request.headers), "given": dict(request.given)}
    return {"path": request.path, "error_description": json.dumps(heard), **SECRETS, "text": SAID}


def echoing(status: int, **more: object) -> Callable[[Request], Answer]:
    def answer(request: Request) -> Answer:
        told = json.dumps(_echo(request))
        error = {"message": told, "errors": [{"reason": "x", "message": told}], "code": status}
        google = "calendar" in request.path or request.path == "/token"
        body = {**_echo(request), "error": error if google else told, "message": told, **more}
        return Answer(body, status)

    return answer


def raw(status: int, kind: str) -> Callable[[Request], Answer]:
    def answer(request: Request) -> Answer:
        told = json.dumps(_echo(request)).encode()
        return Answer(
            told[:-1] + b"<html>", status, {"Content-Type": kind, "X-Said": SECRETS["slack"]}
        )

    return answer


def cut(request: Request) -> Answer:
    return Answer(json.dumps(_echo(request)).encode(), cut=True)


def lent(then: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
    """Gives Google's clients a token for an hour, and only then fails."""

    def answer(request: Request) -> Answer:
        if request.path == "/token":
            return Answer({"access_token": SECRETS["access"], "expires_in": 3600})
        return then(request)

    return answer


ANSWERS: dict[str, Callable[[Request], Answer]] = {
    "400": lent(echoing(400)),
    "401": echoing(401, ok=False, category="INVALID_AUTHENTICATION"),
    "401 with a token": lent(echoing(401)),
    "403": lent(echoing(403, category="MISSING_SCOPES")),
    "404": lent(echoing(404)),
    "429 for a day": lent(echoing(429, policyName="DAILY")),
    "500": lent(echoing(500)),
    "500 at once": echoing(500),
    "200 that is wrong": lent(echoing(200, ok=False, error="fatal_error")),
    "200 of another shape": lent(lambda _: Answer({"ok": True, "channels": 7, "items": SAID})),
    "a page of HTML": lent(raw(200, "text/html")),
    "an error in HTML": lent(raw(502, "text/html")),
    "JSON that is none": lent(raw(200, "application/json")),
    "an answer cut short": lent(cut),
}


@dataclass
class Place:
    """Where it all lies; ``spoken`` is what was printed."""

    root: Path
    urls: Mapping[str, str]
    spoken: list[str] = field(default_factory=list)
    variables: Mapping[str, str] = field(default_factory=dict)
    servers: Mapping[str, Loopback] = field(default_factory=dict)

    def run(self, *arguments: str, bug: str = "") -> int:
        written = self.root / "written"
        places = {
            "data-dir": self.root / "data",
            "output": written / "o" / "etl_output.json",
            "db-path": written / "s" / "state.db",
            "log-file": written / "l" / "run.log",
        }
        given = [str(part) for name, path in places.items() for part in (f"--{name}", path)]
        done = subprocess.run(
            [
                *(sys.executable, "-c", SCRIPT, json.dumps(dict(self.urls)), str(self.root), bug),
                *(*arguments[:1], *given, "--mapping", str(MAPPING), "--max-errors", "100%"),
                *arguments[1:],
            ],
            env=environment(PYTHONPATH=str(PROJECT), no_proxy="*", **self.variables),
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.spoken.append(done.stdout + done.stderr)
        return done.returncode

    def files(self) -> Iterator[tuple[Path, bytes]]:
        """All that runs wrote, their landed answers expanded."""
        landed = (self.root / "data" / "live").rglob("*")
        for path in sorted([*(self.root / "written").rglob("*"), *landed]):
            if path.is_file():
                content = path.read_bytes()
                if path.suffix == ".zst":
                    content += zstandard.ZstdDecompressor().decompressobj().decompress(content)
                yield path, content

    def holds(self) -> None:
        """The promise."""
        for text in self.spoken:
            assert [word for word in (SAID, *SECRETS.values()) if word in text] == []
        for path, content in self.files():
            assert [name for name, word in SECRETS.items() if word.encode() in content] == [], path
            if path.parent.name != "s" and "output" not in path.name and "live" not in path.parts:
                assert SAID.encode() not in content, path


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """With the secrets in the environment, in an ``.env`` and in files."""
    (tmp_path / "data").mkdir()
    with ExitStack() as stack:
        made = {
            name: stack.enter_context(Loopback(ANSWERS["401"]))
            for name in ("slack", "calendar", "hubspot")
        }
        urls = {name: server.url for name, server in made.items()} | {
            "slack": f"{made['slack'].url}api/"
        }
        person = {"client_id": "client", "client_secret": SECRETS["client"]}
        person |= {"refresh_token": SECRETS["refresh"], "token_uri": f"{urls['calendar']}token"}
        (tmp_path / "person.json").write_text(json.dumps(person))
        (tmp_path / "token.txt").write_text(SECRETS["hubspot"])
        (tmp_path / ".env").write_text(f"SLACK_BOT_TOKEN={SECRETS['slack']}\n")
        found = Place(tmp_path, urls, servers=made)
        found.variables = {
            "HUBSPOT_API_KEY_FILE": str(tmp_path / "token.txt"),
            "GOOGLE_CALENDAR_CREDENTIALS": str(tmp_path / "person.json"),
        }
        yield found


@pytest.mark.parametrize("said", ANSWERS)
def test_a_service_that_quotes_what_opens_it_is_quoted_nowhere(place: Place, said: str) -> None:
    for server in place.servers.values():
        server.answer = ANSWERS[said]
    for command in ("run", "check"):
        online = ["--online"] * (command == "check")
        assert place.run(command, "--debug", *online) in {0, 3, 66}, place.spoken[-1]
    assert all(server.requests for server in place.servers.values())
    place.holds()


BUG = f"{SAID} {SECRETS['slack']}"


@pytest.mark.parametrize("loudness", [(), ("--debug",), ("--quiet",)])
@pytest.mark.parametrize(("where", "status"), [("content", 1), ("commit", 3), ("_read_unit", 0)])
def test_a_bug_of_ours_quotes_nothing_not_even_in_a_traceback(
    place: Place, loudness: tuple[str, ...], where: str, status: int
) -> None:
    write_archives(place.root / "data")
    assert place.run("run", "--no-live", *loudness, bug=f"{where}:{BUG}") == status
    log = (place.root / "written" / "l" / "run.log").read_text(encoding="utf-8")
    assert "KeyError" in log + place.spoken[-1]
    traced = loudness == ("--debug",) and where != "_read_unit"
    assert ("Traceback" in log + place.spoken[-1]) == traced
    place.holds()


ENV = """
SLACK_BOT_TOKEN {slack}
{slack}
SLACK_BOT_TOKEN="{slack}
HUBSPOT_API_KEY={hubspot} # and {hubspot}
HUBSPOT_API_KEYS={hubspot}
"""


@pytest.mark.parametrize("line", ENV.strip().splitlines())
def test_an_env_file_with_a_slip_is_not_quoted(place: Place, line: str) -> None:
    (place.root / ".env").write_text(line.format(**SECRETS) + "\nETL_BATCH_SIZE=x\n")
    assert place.run("run", "--debug") in {2, 78}
    place.holds()


OPERANDS: dict[str, list[list[str]]] = {
    "run": [[], ["--fresh", "--include-unmatched"], ["--executor", "process", "--fresh"]],
    "fetch": [[], ["--dry-run"]],
    "check": [[], ["--online"]],
    "validate": [["OUTPUT"], ["DATA/json/result.json"], ["DATA/torn json/result.json"], ["STATE"]],
    "match": [["--sample", "9"], ["--records", "RECORDS"], ["--records", "DATA/json/result.json"]],
    "explain": [["Acme"], ["acme.example"]],
    "quarantine": [[], ["list"], *(["show", str(n)] for n in range(1, 9)), ["retry"]],
    "forget": [["--person", "Ada", "--dry-run"], ["--chat", "Acme"], ["--undo"]],
    "audit": [[], ["DATA"], ["--against", "OUTPUT"], ["--against", "DATA/json/result.json"]],
}


def test_no_command_tells_what_people_wrote_or_what_opens_a_service(place: Place) -> None:
    write_archives(place.root / "data")
    records = place.root / "records.jsonl"
    good = {"source": "slack", "id": "1", "title": "Acme", "text": SAID}
    records.write_text(f'{json.dumps(good)}\n{{"source": "{SAID}", "title": {SAID}}}\n')
    written = place.root / "written"
    meant = {"OUTPUT": written / "o" / "etl_output.json", "STATE": written / "s" / "state.db"}
    meant |= {"RECORDS": records, "DATA": place.root / "data"}
    unnamed = [[], ["OUTPUT"], ["DATA"], ["list"]]
    for command in ("run", *COMMANDS):
        for operands in OPERANDS.get(command, unnamed):
            given = [
                str(Path(str(meant[first]), *rest.split("/")) if first in meant else operand)
                for operand in operands
                for first, _, rest in [operand.partition("/")]
            ]
            assert place.run(command, "--debug", *given) != exits.BUG, place.spoken[-1]
            place.holds()
    told = json.loads((written / "o" / "run.json").read_bytes())
    assert len(told["quarantine"]) > 8, "what is damaged is told of"
