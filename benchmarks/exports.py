"""Generated exports of every source, as large as asked: deterministic, fictional, in the
vendors' layout, written by nothing that reads them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2024, 1, 1, 9, tzinfo=UTC)
PAGE = 1000
WORDS = (
    *("the", "pilot", "starts", "on", "monday", "and", "both", "teams", "agreed", "to"),
    *("review", "the", "numbers", "by", "friday"),
)
PEOPLE = ("Ada Fern", "Bo Holt", "Cy Marsh", "Dee Quill", "Eli Stone")
COMPANIES = ("Acorn Freight", "Brightquay", "Cobaltmoor", "Dunlin", "Emberfold")


def write_mapping(path: Path) -> None:
    """The companies that the exports are about."""
    rows = [f"{name},{name.split(maxsplit=1)[0].lower()}.example" for name in COMPANIES]
    path.write_text("\n".join(["base_company,calendar_domain", *rows, ""]), encoding="utf-8")


def write_telegram(root: Path, chats: int, messages: int) -> None:
    """A full-account export of that many chats of that many messages."""
    width = len(str(chats - 1))
    for chat in range(chats):
        folder = root / "DataExport_2025-01-01" / "chats" / f"chat_{chat + 1:0{width}}"
        folder.mkdir(parents=True)
        title = f"{COMPANIES[chat % len(COMPANIES)]} <> Fernhollow {chat}"
        pages = range(0, messages, PAGE)
        for number, first in enumerate(pages, start=1):
            name = "messages.html" if number == 1 else f"messages{number}.html"
            body = "".join(
                _telegram_message(chat, n) for n in range(first, min(first + PAGE, messages))
            )
            after = f"messages{number + 1}.html" if number < len(pages) else None
            before = None
            if number > 1:
                before = "messages.html" if number == 2 else f"messages{number - 1}.html"
            (folder / name).write_text(_telegram_page(title, body, before, after), encoding="utf-8")


def write_slack(root: Path, channels: int, messages: int) -> None:
    """An export of that many channels of that many messages."""
    users = [
        {"id": f"U{n:03}", "name": name, "profile": {"real_name": name, "display_name": ""}}
        for n, name in enumerate(PEOPLE)
    ]
    listed = [
        {"id": f"C{n:05}", "name": f"ext-channel-{n}", "members": []} for n in range(channels)
    ]
    root.mkdir(parents=True)
    (root / "users.json").write_text(json.dumps(users), encoding="utf-8")
    (root / "channels.json").write_text(json.dumps(listed), encoding="utf-8")
    for number, channel in enumerate(listed):
        folder = root / str(channel["name"])
        folder.mkdir()
        for first in range(0, messages, PAGE):
            moment = START + timedelta(days=first // PAGE)
            day = [
                {
                    "type": "message",
                    "user": f"U{n % len(PEOPLE):03}",
                    "text": _text(number, n),
                    "ts": f"{int(moment.timestamp()) + n % PAGE * 30}.{n % PAGE:06}",
                }
                for n in range(first, min(first + PAGE, messages))
            ]
            (folder / f"{moment:%Y-%m-%d}.json").write_text(json.dumps(day), encoding="utf-8")


def write_calendars(root: Path, calendars: int, events: int) -> None:
    """That many calendars of that many single meetings."""
    root.mkdir(parents=True)
    for number in range(calendars):
        body = "".join(_event(number, n) for n in range(events))
        text = (
            f"BEGIN:VCALENDAR\nVERSION:2.0\nX-WR-CALNAME:Calendar {number}\n{body}END:VCALENDAR\n"
        )
        path = root / f"calendar-{number}.ics"
        path.write_bytes(text.replace("\n", "\r\n").encode())


def write_deals(root: Path, files: int, deals: int) -> None:
    """That many deal exports of that many deals."""
    root.mkdir(parents=True)
    head = "Record ID,Deal Name,Deal Stage,Amount,Close Date,Associated Company\n"
    for number in range(files):
        rows = (
            f"{number * deals + n + 1},Deal {n} of {number},Closed Won,{n}.50,2024-05-01 10:00,"
            f"{COMPANIES[n % len(COMPANIES)]}\n"
            for n in range(deals)
        )
        (root / f"deals-{number}.csv").write_text(head + "".join(rows), encoding="utf-8")


def _text(unit: int, number: int) -> str:
    start = (unit * 7 + number * 3) % len(WORDS)
    return " ".join([*WORDS[start:], *WORDS[:start]][: 4 + number % 11]) + f" ({unit}.{number})"


def _telegram_message(chat: int, number: int) -> str:
    moment = START + timedelta(minutes=20 * number)
    return f"""
     <div class="message default clearfix" id="message{number + 1}">

      <div class="pull_left userpic_wrap">

       <div class="userpic userpic{number % 8 + 1}" style="width: 42px; height: 42px">

        <div class="initials" style="line-height: 42px">
AF
        </div>

       </div>

      </div>

      <div class="body">

       <div class="pull_right date details" title="{moment:%d.%m.%Y %H:%M:%S} UTC+00:00">
{moment:%H:%M}
       </div>

       <div class="from_name">
{PEOPLE[number % len(PEOPLE)]}
       </div>

       <div class="text">
{_text(chat, number)}
       </div>

      </div>

     </div>
"""


def _telegram_page(title: str, body: str, before: str | None, after: str | None) -> str:
    def link(href: str | None, label: str) -> str:
        if href is None:
            return ""
        return f'\n     <a class="pagination block_link" href="{href}">\n{label}\n     </a>\n'

    return f"""<!DOCTYPE html>
<html>

 <head>

  <meta charset="utf-8"/>
<title>Exported Data</title>
  <meta content="width=device-width, initial-scale=1.0" name="viewport"/>

  <link href="../../css/style.css" rel="stylesheet"/>

  <script src="../../js/script.js" type="text/javascript">

  </script>

 </head>

 <body onload="CheckLocation();">

  <div class="page_wrap">

   <div class="page_header">

    <a class="content block_link" href="../../lists/chats.html" onclick="return GoBack(this)">

     <div class="text bold">
{title.replace("<", "&lt;").replace(">", "&gt;")} 
     </div>

    </a>

   </div>

   <div class="page_body chat_page">

    <div class="history">
{link(before, "Previous messages")}{body}{link(after, "Next messages")}
    </div>

   </div>

  </div>

 </body>

</html>
"""


def _event(calendar: int, number: int) -> str:
    start = START + timedelta(hours=number)
    host = COMPANIES[number % len(COMPANIES)].split(maxsplit=1)[0].lower()
    return f"""BEGIN:VEVENT
DTSTART:{start:%Y%m%dT%H%M%SZ}
DTEND:{start + timedelta(minutes=30):%Y%m%dT%H%M%SZ}
DTSTAMP:20240101T000000Z
UID:event-{calendar}-{number}@google.com
ATTENDEE;PARTSTAT=ACCEPTED;CN=Guest:mailto:guest{number % 50}@{host}.example
SUMMARY:Review {number}
END:VEVENT
"""
