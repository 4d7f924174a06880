"""One generated meeting: what it says, and the lines that say it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from benchmarks.account.words import LANGUAGES, Language, sentence, stranger
from benchmarks.archives.ics import escaped, zulu
from benchmarks.exports import COMPANIES

Facts = dict[str, Any]

_ROOMS = ("c_188@resource.calendar.google.com", "blue.room@fernhollow.example")
_RESPONSES = ("ACCEPTED", "ACCEPTED", "NEEDS-ACTION", "DECLINED", "TENTATIVE")
_CONFERENCE = (
    "-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-\n"
    "Join with Google Meet: {link}\n\nPlease do not edit this section.\n"
    "-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-"
)


@dataclass(frozen=True)
class About:
    """Everything of a meeting but its times: facts, and the lines before and after them."""

    facts: Facts
    emails: tuple[str, ...]
    people: tuple[str, ...]
    link: str
    description: str
    private: bool

    def lines(self, uid: str, stamp: datetime, instance: str = "") -> list[str]:
        """The lines after those of the times, in Google's order."""
        facts = self.facts
        lines = [f"DTSTAMP:{zulu(stamp)}", *self.people[:1], f"UID:{uid}", *self.people[1:]]
        if self.link:
            lines.append(f"X-GOOGLE-CONFERENCE:{self.link}")
        if instance:
            lines.append(instance)
        if self.private:
            lines.append("CLASS:PRIVATE")
        lines += [f"CREATED:{zulu(stamp - timedelta(days=9))}"]
        lines += [f"DESCRIPTION:{escaped(self.description)}"] if self.description else []
        lines += [f"LAST-MODIFIED:{zulu(stamp)}"]
        lines += [f"LOCATION:{escaped(facts['location'])}"] if facts["location"] else []
        lines += ["SEQUENCE:0", f"STATUS:{facts['status'].upper()}"]
        lines += [f"SUMMARY:{escaped(facts['title'])}", "TRANSP:OPAQUE"]
        alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:This is an event reminder"]
        return [*lines, *alarm, "TRIGGER:-P0DT0H10M0S", "END:VALARM"] if self.link else lines

    def at(self, uid: str, start: date | datetime, length: timedelta, original: str) -> Facts:
        """The facts of one instance."""
        facts = self.facts | {"uid": uid, "start": said(start), "end": said(start + length)}
        facts |= {"all_day": not isinstance(start, datetime)}
        texts = [facts["location"]] if facts["location"] else []
        key = f"calendar:{uid}:{original}"
        return facts | {"key": key, "texts": texts, "emails": list(self.emails)}

    def changed(self, **facts: Any) -> About:
        """The same meeting with other facts."""
        return replace(self, facts=self.facts | facts)


@dataclass
class _Guests:
    """Whoever is invited, and the lines of it."""

    lines: list[str] = field(default_factory=list)
    told: list[Facts] = field(default_factory=list)


def said(moment: date | datetime) -> str:
    """RFC 3339 in UTC, or a day."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def about(rng: Random, calendar: str, *, recurring: bool) -> About:
    """A meeting with some company, or an entry of one's own."""
    language = rng.choice(LANGUAGES)
    company = rng.choice(COMPANIES)
    guests = _guests(rng, language, company) if rng.random() < 0.75 else _Guests()
    link = f"https://meet.google.com/abc-{rng.randrange(10**6)}-xyz" if guests.lines else ""
    if rng.random() < 0.3:
        link = ""
    description, markup = _description(rng, language)
    organizer = guests.told[0] | {"response": None} if guests.told else None
    title = _title(rng, language, company)
    private = rng.random() < 0.03
    marks = ["out-of-office"] if title == "Out of office" else []
    facts: Facts = {
        "title": title,
        "organizer": organizer,
        "attendees": guests.told,
        "location": rng.choice(("Room 4, 2nd floor", "Calle Mayor 1; Madrid", None, None, None)),
        "link": link or None,
        "description": description,
        "calendar": calendar,
        "status": "tentative" if rng.random() < 0.05 else "confirmed",
        "recurring": recurring,
    }
    if private:
        marks.append("private")
    if marks:
        facts["marks"] = marks
    if link and rng.random() < 0.4:
        markup += ("<br>" if "<" in markup else "\n") + _CONFERENCE.format(link=link)
    emails = tuple(sorted({guest["email"] for guest in guests.told}))
    return About(facts, emails, tuple(guests.lines), link, markup, private)


def _title(rng: Random, language: Language, company: str) -> str:
    if rng.random() < 0.02:
        return "Out of office"
    return rng.choice(
        (
            f"Fernhollow <> {company}",
            f"{company}, weekly; sync",
            f"{company} / {sentence(rng, language, 2)}",
            sentence(rng, language, 4),
        )
    )


def _guests(rng: Random, language: Language, company: str) -> _Guests:
    """The organiser first, who is invited, too; a room now and then."""
    guests = _Guests()
    host = company.partition(" ")[0].lower()
    for number in range(rng.choice((2, 2, 3, 4, 6, 9))):
        ours = number == 0 or rng.random() < 0.4
        domain = "fernhollow" if ours else host
        email = f"person{rng.randrange(60)}@{domain}.example"
        if any(email == other["email"] for other in guests.told):
            continue
        name = stranger(rng, language) if rng.random() < 0.6 else None
        response = rng.choice(_RESPONSES)
        shown = _quoted(name or email)
        if not guests.lines:
            guests.lines.append(f"ORGANIZER;CN={shown}:mailto:{email}")
        guests.lines.append(
            f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={response};RSVP=TRUE"
            f";CN={shown};X-NUM-GUESTS=0:mailto:{email}"
        )
        guests.told.append({"name": name, "email": email, "response": response.lower()})
    if rng.random() < 0.15:
        guests.lines.append(
            "ATTENDEE;CUTYPE=RESOURCE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE"
            f";CN=Blue room;X-NUM-GUESTS=0:mailto:{rng.choice(_ROOMS)}"
        )
    return guests


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name and len(name) % 3 == 0 else name


def _description(rng: Random, language: Language) -> tuple[str, str]:
    """A description, and how it is written: as text, as HTML, or not at all."""
    chance = rng.random()
    if chance < 0.4:
        return "", ""
    lines = [sentence(rng, language, 6) for _ in range(rng.choice((1, 2, 4)))]
    if chance < 0.75:
        return "\n".join(lines), "\n".join(lines)
    url = f"https://docs.acme.example/{rng.randrange(999)}"
    markup = [
        line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in lines
    ]
    markup[0] = f"<b>{markup[0]}</b>"
    markup.append(f'<a href="{url}" id="ow{rng.randrange(999)}">{url}</a>')
    return "\n".join([*lines, url]), "<br>".join(markup)
