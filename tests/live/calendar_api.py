"""Google's Calendar API, as far as it is asked, over a world."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.live.calendar_world import Event, Start, World
from tests.live.loopback import Answer, Fault, Request, status

ACCOUNT = "robot@project.iam.example"
HOLIDAYS = "en.fictional#holiday@group.v.calendar.google.com"
SECRET = "refresh-me"
SHOWN = (
    *("id", "iCalUID", "status", "start", "end"),
    *("recurrence", "recurringEventId", "originalStartTime"),
)
"""What is said of an event to somebody who may only know when it is."""


def error(code: int, reason: str) -> Any:
    """The body of an error, in the shape of this API."""
    entry = {"domain": "global", "reason": reason, "message": "A sentence."}
    return {"error": {"code": code, "message": "A sentence.", "errors": [entry]}}


def failing(code: int, reason: str, **headers: str) -> Fault:
    return status(code, error(code, reason), **headers)


class Api:
    """Answers for a world. ``page`` events at most are on a page, and every third is empty.

    ``forgotten`` is the version up to which changes are not known any more; ``pages`` are the
    listings under way by their tokens.
    """

    def __init__(self, world: World, *, page: int = 50) -> None:
        self.world = world
        self.page = page
        self.version = 0
        self.forgotten = -1
        self.remembers_deleted = True
        self.pages: dict[str, tuple[list[Any], int, int]] = {}
        self.tokens: list[str] = []
        self.granted: str | None = None
        self.busy: set[str] = set()
        self.closed: set[str] = set()
        self.unlisted: set[str] = set()
        self.endless = self.endless_list = False
        self.key = _throw_away_key()
        self._items: dict[str, dict[str, tuple[int, Any]]] = {one: {} for one in world.people}
        for event in world.events.values():
            self.hear(event)
        world.listeners.append(self.hear)

    def hear(self, event: Event) -> None:
        """An event changed: what is said of it has a new version."""
        self.version += 1
        for calendar in self.world.calendars_of(event):
            items = self._items[calendar]
            for item in _resources(event, calendar):
                if items.get(item["id"], (0, None))[1] != item:
                    items[item["id"]] = (self.version, item)
            if event.deleted or calendar in event.left:
                # Of what had been changed of it nothing more is said.
                for name in [n for n in items if n.startswith(f"{event.name}_")]:
                    del items[name]

    def service_account(self, url: str) -> dict[str, str]:
        """The key file of a service account whose tokens are given here."""
        pem = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return {
            "type": "service_account",
            "client_email": ACCOUNT,
            "private_key_id": "1",
            "private_key": pem.decode(),
            "token_uri": f"{url}token",
        }

    def authorized_user(self, url: str) -> dict[str, str]:
        """The file of a person who agreed, as Google's own libraries write it."""
        return {
            "client_id": "client",
            "client_secret": "client-secret",
            "refresh_token": SECRET,
            "token_uri": f"{url}token",
        }

    def __call__(self, request: Request) -> Answer:
        if request.path == "/token":
            return self._token(request.given)
        bearer = request.headers.get("authorization", request.headers.get("Authorization", ""))
        if bearer.removeprefix("Bearer ") not in self.tokens:
            return Answer(error(401, "authError"), 401)
        path = request.path.removeprefix("/calendar/v3/")
        if path == "users/me/calendarList/primary":
            return Answer(self._entry(self.world.people[0]))
        if path == "users/me/calendarList":
            return self._list(request.given)
        calendar = path.removeprefix("calendars/").removesuffix("/events")
        if calendar not in self._items or calendar in self.closed:
            return Answer(error(404, "notFound"), 404)
        return self._events(calendar, request.given)

    def _token(self, given: Mapping[str, str]) -> Answer:
        if "assertion" in given:
            if not self._signed(given["assertion"]):
                return Answer({"error": "invalid_grant", "error_description": "No."}, 400)
        elif given.get("refresh_token") != SECRET:
            return Answer({"error": "invalid_grant", "error_description": "Revoked."}, 400)
        self.tokens.append(f"ya29.{len(self.tokens)}")
        told = {"access_token": self.tokens[-1], "expires_in": 3600, "token_type": "Bearer"}
        return Answer(told | ({"scope": self.granted} if self.granted else {}))

    def _signed(self, assertion: str) -> bool:
        """Whether it is ours, speaks for the first person, and asks for the least."""
        head, claims, signature = assertion.split(".")
        self.key.public_key().verify(
            _decoded(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
        )
        told = json.loads(_decoded(claims))
        least = "https://www.googleapis.com/auth/calendar"
        assert told["scope"].split() == [
            f"{least}.calendarlist.readonly",
            f"{least}.events.readonly",
        ]
        return bool(told.get("sub") == self.world.people[0])

    def _entry(self, calendar: str) -> dict[str, Any]:
        role = "freeBusyReader" if calendar in self.busy else "owner"
        entry = {"kind": "calendar#calendarListEntry", "etag": '"1"', "id": calendar}
        return entry | {"summary": calendar, "timeZone": "Europe/Paris", "accessRole": role}

    def _list(self, given: Mapping[str, str]) -> Answer:
        entries = [
            self._entry(one) for one in (HOLIDAYS, *self.world.people) if one not in self.unlisted
        ]
        if self.endless_list:
            self.version += 1
            listed = {"kind": "calendar#calendarList", "items": entries}
            return Answer(listed | {"nextPageToken": str(self.version)})
        half = len(entries) // 2
        if given.get("pageToken") == "half":
            return Answer({"kind": "calendar#calendarList", "items": entries[half:]})
        first = {"kind": "calendar#calendarList", "items": entries[:half]}
        return Answer(first | {"nextPageToken": "half"})

    def _events(self, calendar: str, given: Mapping[str, str]) -> Answer:
        assert given["singleEvents"] == "false"
        if token := given.get("pageToken"):
            if token not in self.pages:
                return Answer(error(400, "invalid"), 400)
            items, start, version = self.pages[token]
        else:
            if (since := int(given.get("syncToken", "-1"))) >= 0 and since <= self.forgotten:
                return Answer(error(410, "fullSyncRequired"), 410)
            known = self._items[calendar].values()
            items = [item for version, item in known if version > since]
            if since < 0 and not (self.remembers_deleted and given["showDeleted"] == "true"):
                gone = [item for item in items if item["status"] == "cancelled"]
                items = [item for item in items if item not in gone or "recurringEventId" in item]
            start, version = 0, self.version
        if calendar in self.busy:
            items = [{name: item[name] for name in SHOWN if name in item} for item in items]
        empty = len(self.pages) % 3 == 1
        end = start if empty else start + min(self.page, int(given.get("maxResults", "250")))
        body = {
            "kind": "calendar#events",
            "etag": f'"{version}"',
            "summary": calendar,
            "timeZone": "Europe/Paris",
            "updated": f"{self.world.now:%Y-%m-%dT%H:%M:%S}.000Z",
            "accessRole": self._entry(calendar)["accessRole"],
            "items": items[start:end],
        }
        if end < len(items) or self.endless:
            token = f"page {len(self.pages)}"
            self.pages[token] = (items, 0 if self.endless else end, version)
            return Answer(body | {"nextPageToken": token})
        return Answer(body | {"nextSyncToken": str(version)})


@cache
def _throw_away_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _resources(event: Event, calendar: str) -> list[dict[str, Any]]:
    rules = [f"RRULE:FREQ=WEEKLY;COUNT={event.weeks}"] if event.weeks else None
    if event.deleted and event.organizer == calendar:  # who made it may still restore it
        more = {"recurrence": rules, "status": "cancelled"}
        return [_resource(event, calendar, event.original(0), **more)]
    if event.deleted or calendar in event.left:
        return [{"id": event.name, "status": "cancelled"}]
    found = [_resource(event, calendar, event.original(0), recurrence=rules)]
    skipped = event.skipped.get(calendar, set())
    for week in sorted({*event.moved, *event.off, *skipped}):
        original = event.original(week)
        stem = "%Y%m%dT%H%M%SZ" if isinstance(original, datetime) else "%Y%m%d"
        plain = original.astimezone(UTC) if isinstance(original, datetime) else original
        link = {
            "id": f"{event.name}_{plain:{stem}}",
            "recurringEventId": event.name,
            "originalStartTime": _when(original, event),
        }
        if week in event.off | skipped:
            found.append({"status": "cancelled", **link})
        else:
            found.append(_resource(event, calendar, event.moved[week], **link))
    return found


def _resource(event: Event, calendar: str, start: Start, **more: Any) -> Any:
    people = [
        {
            "email": email,
            "responseStatus": "needsAction" if response == "needs-action" else response,
            "self": True if email == calendar else None,
            "organizer": True if email == event.organizer else None,
        }
        for email, response in event.guests.items()
    ]
    if event.room:
        room = "c_1@resource.calendar.google.com"
        people.append({"email": room, "resource": True, "responseStatus": "accepted"})
    entry = {"entryPointType": "video", "uri": event.link}
    whole = {
        "kind": "calendar#event",
        "etag": f'"{event.changed.timestamp():.0f}"',
        "id": event.name,
        "status": "confirmed",
        "created": "2024-12-01T00:00:00.000Z",
        "updated": f"{event.changed:%Y-%m-%dT%H:%M:%S}.123Z",
        "summary": event.title,
        "description": event.description or None,
        "location": event.location or None,
        "organizer": {
            "email": event.organizer,
            "self": True if event.organizer == calendar else None,
        },
        "start": _when(start, event),
        "end": _when(event.end(start), event),
        "iCalUID": event.uid,
        "sequence": event.sequence,
        "attendees": people or None,
        "hangoutLink": event.link or None,
        "conferenceData": {"entryPoints": [entry]} if event.link else None,
        "eventType": "default",
    } | more
    return _without_none(whole)


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(one) for key, one in value.items() if one is not None}
    return [_without_none(one) for one in value] if isinstance(value, list) else value


def _when(moment: Start, event: Event) -> dict[str, str]:
    if not isinstance(moment, datetime):
        return {"date": moment.isoformat()}
    # The offset is that of the calendar, as the API has it, not of the event's zone.
    return {"dateTime": moment.astimezone(UTC).isoformat(), "timeZone": event.zone}
