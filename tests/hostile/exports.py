"""Exports of all four sources, with somebody's text in every field that holds any."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.sources.calendar import writing as ics
from tests.sources.slack import writing as slack
from tests.sources.telegram import export_builder as html
from tests.sources.telegram import json_builder as telegram_json

TIME = "05.03.2024 10:00:00 UTC+00:00"
_LONGEST_NAME = 120


def as_name(text: str) -> str:
    """What of a text can stand in the name of a file or a folder."""
    kept = text.replace("/", "_").replace("\0", "_").encode("utf-8", "replace")
    return kept[:_LONGEST_NAME].decode("utf-8", "ignore").strip(".") or "_"


def telegram_pages(root: Path, texts: Sequence[str]) -> None:
    """Chats as pages: numbers 1 to 7 hold the text in one field each."""
    for number, text in enumerate(texts):
        page = html.Page(text)
        time = f"05.03.2024 10:00:{number:02} UTC+00:00"
        page.message(1, time, html.escaped(text), author=f"Ada {number}")
        page.message(2, time, "author", author=text)
        media = html.generic("media_file", text, text, text)
        page.message(3, time, "media", author="Ada", media=media)
        page.message(4, time, "signature", author="Ada", signature=text)
        page.message(5, time, "forwarded", author="Ada", origin=text, origin_time=time)
        people = ("\N{THUMBS UP SIGN}", (text,), 1)
        page.message(6, time, "reactions", author="Ada", reactions=(people,))
        page.service(7, html.escaped(text))
        folder = root / f"{number:02} {as_name(text)}" / "ChatExport_2024-03-05"
        html.write(folder, page.html())


def telegram_account(root: Path, texts: Sequence[str]) -> None:
    """The same as one ``result.json``: chat 1000 and so on."""
    chats = []
    for number, text in enumerate(texts):
        said = partial(telegram_json.message, time=f"2024-04-05T10:00:{number:02}")
        messages: list[Any] = [
            said(101, text=text, text_entities=[{"type": "plain", "text": text}]),
            said(102, text="author", from_=text, from_id=f"user{5000 + number}"),
            said(103, text="forwarded", forwarded_from=text),
            said(104, text="signature", author=text, via_bot=text),
            said(105, text="file", file="f.bin", file_name=text, mime_type=text),
            said(106, text=[{"type": "link", "text": text}, text]),
            telegram_json.service(107, "invite_members", members=[text, None], actor=text),
        ]
        chats.append(telegram_json.chat(messages, name=text, id=1000 + number))
    root.mkdir(parents=True)
    text = json.dumps(telegram_json.account(chats), indent=1)
    (root / "result.json").write_text(text, encoding="ascii")


def slack_workspace(root: Path, texts: Sequence[str]) -> None:
    """Channels C1000 and so on, each of which has a person and three messages."""
    days: dict[str, Any] = {}
    channels, users = [], [slack.ANN]
    for number, text in enumerate(texts):
        person = {"display_name": text, "real_name": text, "email": f"{text}@acme.example"}
        users.append(
            {
                "id": f"U{number}",
                "team_id": text,
                "name": text,
                "real_name": text,
                "profile": person,
            }
        )
        name = f"{as_name(text)} {number}"
        channels.append(
            {
                "id": f"C{1000 + number}",
                "name": name,
                "topic": {"value": slack_text(text)},
                "purpose": {"value": slack_text(text)},
                "members": ["U0ANN", f"U{number}"],
            }
        )
        said = 1709287200 + 10 * number
        days[f"{name}/2024-03-01.json"] = [
            slack.say(f"{said}.000100", slack_text(text), f"U{number}"),
            slack.say(
                f"{said + 1}.000100", "file", files=[_file(text)], reactions=[_liked(number)]
            ),
            slack.say(
                f"{said + 2}.000100",
                "bot",
                None,
                username=text if text.strip() else "bot",
                subtype="bot_message",
            ),
            slack.say(f"{said + 3}.000100", "", attachments=[{"title": slack_text(text)}]),
        ]
    slack.write_export(root, days, users=users, channels=channels)


def slack_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _file(text: str) -> dict[str, Any]:
    return {"id": "F1", "name": text, "title": text, "mimetype": text, "mode": "hosted"}


def _liked(number: int) -> dict[str, Any]:
    return {"name": "+1", "users": [f"U{number}"], "count": 1}


def calendars(root: Path, texts: Sequence[str]) -> None:
    """A calendar for each text, named so."""
    root.mkdir(parents=True)
    for number, text in enumerate(texts):
        said, quoted = _ics_text(text), _ics_quoted(text)
        event = ics.event(
            "DTSTART:20240305T100000Z",
            "DTEND:20240305T110000Z",
            *(f"SUMMARY:{said}", f"DESCRIPTION:{said}", f"LOCATION:{said}"),
            f'ORGANIZER;CN="{quoted}":mailto:ann@ours.example',
            f'ATTENDEE;CN="{quoted}";PARTSTAT=ACCEPTED:mailto:guest{number}@acme.example',
            f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{quoted}@acme.example",
            f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{quoted}",
            uid=f"{number}@ours.example",
        )
        whole = ics.calendar(event).replace(
            "X-WR-TIMEZONE:", f"X-WR-CALNAME:{said}\nX-WR-TIMEZONE:"
        )
        name = f"{number:02} {as_name(text)}.ics"
        (root / name).write_bytes(whole.replace("\n", "\r\n").encode())


def ics_meaning(text: str) -> str:
    """What of a text a calendar can say: no carriage return."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _ics_text(text: str) -> str:
    for plain, said in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = ics_meaning(text).replace(plain, said)
    return text


def _ics_quoted(text: str) -> str:
    return ics_meaning(text).replace('"', "'").replace("\n", " ")


def portal(root: Path, texts: Sequence[str]) -> None:
    """A company, a contact, a deal and a note for each text."""
    root.mkdir(parents=True)
    tables: dict[str, list[dict[str, str]]] = {
        "companies": [],
        "contacts": [],
        "deals": [],
        "notes": [],
    }
    for number, text in enumerate(texts):
        a, b, c, d = (str(base + number) for base in (10_000, 20_000, 30_000, 40_000))
        dates = {"Create Date": "2024-03-05 10:00"}
        tables["companies"].append(
            {
                "Record ID": a,
                "Company name": text,
                "Company Domain Name": text,
                "Company owner": text,
            }
            | dates
        )
        tables["contacts"].append(
            {"Record ID": b, "First Name": text, "Last Name": "", "Email": text, "Job Title": text}
            | {"Company Name": text, "Associated Company IDs": a}
            | dates
        )
        tables["deals"].append(
            {"Record ID": c, "Deal Name": text, "Deal Stage": text, "Amount": "1", "Pipeline": text}
            | {"Deal owner": text, "Close Date": "2024-03-05 10:00"}
            | {"Associated Company": text, "Associated Company IDs": a}
            | dates
        )
        tables["notes"].append(
            {"Record ID": d, "Activity type": "Note", "Title": text, "Body": text}
            | {"Activity date": "2024-03-05 10:00", "Associated Deal IDs": c}
        )
    for name, rows in tables.items():
        (root / f"hubspot-crm-exports-all-{name}-2024-03-05.csv").write_bytes(as_csv(rows))


def as_csv(rows: Sequence[Mapping[str, str]]) -> bytes:
    """A table as HubSpot writes one."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return ("\ufeff" + text.getvalue()).encode()


def mapping(path: Path, texts: Sequence[str]) -> Path:
    """A mapping to companies that are called so, and whose groups are."""
    rows = [
        {
            "base_company": text,
            "variant_name": text,
            "slack_group": f"{as_name(text)} {number}",
            "telegram_group": text,
            "calendar_domain": text,
            "full_node_address": text,
            "variant_type": text,
        }
        for number, text in enumerate(texts)
    ]
    path.write_bytes(as_csv(rows))
    return path


def write_all(data: Path, texts: Sequence[str]) -> None:
    """All of it."""
    telegram_pages(data / "telegram" / "pages", texts)
    telegram_account(data / "telegram" / "account", texts)
    slack_workspace(data / "slack", texts)
    calendars(data / "calendar", texts)
    portal(data / "hubspot", texts)
