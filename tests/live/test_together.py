"""The whole command, with three services at once: each arrives, and none costs another."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

import pytest

from etl import cli, fetching
from sources import registry
from sources.live.scope import Credential
from tests.live import calendar_api, calendar_world, hubspot_api, hubspot_portal, slack_world
from tests.live.loopback import Answer, Loopback, Request, only_this_machine
from tests.running import MAPPING, environment

SERVICES = ("slack", "calendar", "hubspot")
REFUSAL = {
    "slack": Answer({"ok": False, "error": "account_inactive"}),
    "calendar": Answer({"error": "invalid_grant", "error_description": "revoked"}, 400),
    "hubspot": Answer({"status": "error", "category": "INVALID_AUTHENTICATION"}, 401),
}


class Town:
    """Three services, and a folder to run in."""

    def __init__(self, root: Path, servers: dict[str, Loopback]) -> None:
        self.root = root
        self.servers = servers
        self.urls = {name: server.url for name, server in servers.items()}
        self.urls["slack"] += "api/"
        self._honest = {name: server.answer for name, server in servers.items()}

    def refuse(self, *names: str) -> None:
        for name, server in self.servers.items():
            server.answer = _refusing(name) if name in names else self._honest[name]

    def run(self, *arguments: str) -> int:
        (self.root / "data").mkdir(exist_ok=True)
        places = {"data-dir": "data", "output": "o/o.json", "db-path": "o/s", "log-file": "o/l"}
        given = [part for name, path in places.items() for part in (f"--{name}", self.root / path)]
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            return cli.main([*arguments, *map(str, given), "--mapping", str(MAPPING)])
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    @property
    def report(self) -> dict[str, Any]:
        return json.loads((self.root / "o" / "run.json").read_bytes())  # type: ignore[no-any-return]

    @property
    def items(self) -> dict[str, int]:
        """How many items each service brought."""
        return {name: source["items"] for name, source in self.report["sources"].items()}


def _refusing(name: str) -> Any:
    def answer(_: Request) -> Answer:
        return REFUSAL[name]

    return answer


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    world = slack_world.workspace(3, 60)
    calendars = calendar_api.Api(calendar_world.World(calendars=2, events=4))
    crm = hubspot_api.CrmApi(hubspot_portal.portal(10))
    answers: dict[str, Callable[[Request], Answer]]
    answers = {"slack": world.answer, "calendar": calendars, "hubspot": crm.answer}
    for name in os.environ.keys() - environment().keys():
        monkeypatch.delenv(name)
    with ExitStack() as stack:
        stack.enter_context(only_this_machine(monkeypatch))
        servers = {name: stack.enter_context(Loopback(one)) for name, one in answers.items()}
        key = tmp_path / "key.json"
        key.write_text(json.dumps(calendars.service_account(servers["calendar"].url)))
        monkeypatch.setenv("SLACK_BOT_TOKEN", slack_world.TOKEN)
        monkeypatch.setenv("HUBSPOT_API_KEY", hubspot_api.TOKEN)
        monkeypatch.setenv("GOOGLE_CALENDAR_CREDENTIALS", str(key))
        monkeypatch.setenv("GOOGLE_CALENDAR_SUBJECT", calendars.world.people[0])
        town = Town(tmp_path, servers)

        def load(name: str, credential: Credential) -> Any:
            made = registry._imported(registry.FETCHERS[name])
            return made(credential, base_url=town.urls[name])

        monkeypatch.setattr(registry, "load_fetcher", load)
        yield town


def test_three_services_are_one_output(town: Town) -> None:
    assert town.run() == 0
    assert all(town.items[name] for name in SERVICES)
    assert {one["status"] for one in town.report["fetched"].values()} == {"complete"}
    output = json.loads((town.root / "o" / "o.json").read_bytes())
    api = output["metadata"]["performance_stats"]["api"]
    asked = {name: len(town.servers[name].requests) for name in SERVICES}
    tokens = sum(r.path.endswith("/token") for r in town.servers["calendar"].requests)
    assert {name: api[name]["api_calls"] for name in SERVICES} == asked | {
        "calendar": asked["calendar"] - tokens
    }
    sha256 = output["metadata"]["content_sha256"]
    assert town.run() == 0
    assert town.report["status"] == "unchanged"
    assert town.report["content_sha256"] == sha256


@pytest.mark.parametrize("down", SERVICES)
def test_service_that_refuses_costs_the_others_nothing(town: Town, down: str) -> None:
    town.refuse(down)
    assert town.run() == 3
    assert {name for name, count in town.items.items() if count} == {*SERVICES} - {down}
    statuses = {name: one["status"] for name, one in town.report["fetched"].items()}
    assert statuses == dict.fromkeys(SERVICES, "complete") | {down: "failed"}
    assert down in town.report["message"]
    town.refuse()
    assert town.run() == 0
    assert all(town.items[name] for name in SERVICES)
    town.refuse(down)
    before = town.items
    assert town.run() == 3, "what was landed is still read"
    assert town.items == before


def test_all_that_refuse_leave_an_archive_to_be_read(town: Town) -> None:
    slack_world.workspace(2, 20).export(town.root / "data" / "export")
    town.refuse(*SERVICES)
    assert town.run() == 3
    assert town.items == {"slack": 2, "telegram": 0, "calendar": 0, "hubspot": 0}


class _Trickle(BaseRequestHandler):
    """An answer that never ends, and is never silent."""

    def handle(self) -> None:
        self.request.recv(65536)
        with suppress(OSError):
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n{")
            while True:
                self.request.sendall(b" ")
                time.sleep(0.05)


@pytest.mark.parametrize("name", SERVICES)
def test_answer_that_trickles_takes_no_longer_than_the_service_may(
    town: Town, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "ONLINE_SECONDS", 0.5)
    with ThreadingTCPServer(("127.0.0.1", 0), _Trickle) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        town.urls[name] = f"http://127.0.0.1:{server.server_address[1]}/"
        try:
            assert town.run("check", "--online", "--source", name) == 3
        finally:
            server.shutdown()


def test_check_says_who_answers(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    town.refuse("hubspot")
    assert town.run("check", "--online") == 3
    said = capsys.readouterr().out
    assert "  slack     answers as export bot in Fernhollow (T0FERN)\n" in said
    assert "  calendar  answers as " in said
    assert "  hubspot   does not answer: " in said
    assert not any((town.root / "data").iterdir()), "it writes nothing"
