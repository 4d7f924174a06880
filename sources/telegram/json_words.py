"""What stands in the sentence of a service message of ``result.json``: who, what, how much."""

from __future__ import annotations

import re
from collections.abc import Callable

from sources.telegram.json_fields import (
    DELETED,
    Raw,
    array,
    integer,
    mapping,
    moment,
    name,
    plain,
    string,
)

_PEOPLE = frozenset(
    ("actor", "inviter", "from", "to", "new_creator", "bot", "peer_name", "boost_peer_name")
)
_PERIODS = {86_400: "24 hours", 7 * 86_400: "7 days"}
_WHOLE = re.compile(r"\d+", re.ASCII)


class Words(dict[str, str]):
    """Words for the places in a sentence, each looked for when it is asked for; empty where
    the message has none.
    """

    def __init__(self, raw: Raw) -> None:
        super().__init__()
        self._raw = raw

    def __missing__(self, key: str) -> str:
        if told := _TOLD.get(key):
            return told(self._raw)
        if key in _PEOPLE:
            return name(self._raw, key) or ""
        value = self._raw.get(key)
        return str(value) if isinstance(value, str | int | float) else ""


def members_of(raw: Raw) -> list[str]:
    """The people it is about; null stands for a deleted account."""
    return [string(member).strip() or DELETED for member in array(raw.get("members"))]


def _members(raw: Raw) -> str:
    return _listed(members_of(raw))


def _with_members(raw: Raw) -> str:
    return f" with members {_members(raw)}" if members_of(raw) else ""


def _values(raw: Raw) -> str:
    return ", ".join(map(string, array(raw.get("values"))))


def _seconds(raw: Raw) -> str:
    seconds = integer(raw.get("duration"))
    return f" ({seconds} seconds)" if seconds else ""


def _ttl(raw: Raw) -> str:
    period = integer(raw.get("period"))
    if not period:
        return "not to auto-delete"
    return f"to auto-delete in {_PERIODS.get(period, f'{period} seconds')}"


def _bare_ttl(raw: Raw) -> str:
    return _ttl(raw).replace("to ", "", 1)


def _schedule_date(raw: Raw) -> str:
    return moment(raw.get("schedule_date")) or "some time"


def _topic(raw: Raw) -> str:
    title = string(raw.get("new_title"))
    return f"title to «{title}»" if title else "icon"


def _allowed(raw: Raw) -> str:
    app = string(raw.get("reason_app_name"))
    return f"opened {app}" if app else f"logged in on {string(raw.get('reason_domain'))}"


def _from_button(raw: Raw) -> str:
    label = plain(raw.get("text"))
    return f"from the «{label}» button " if label else ""


def _peers(raw: Raw) -> str:
    """Ids, since 2023 several, in a text that holds JSON."""
    several = _WHOLE.findall(string(raw.get("peers")))
    return ", ".join(several) or str(integer(raw.get("peer_id")) or "")


def _span(raw: Raw) -> str:
    """Months, since 2025 days."""
    for unit in ("months", "days"):
        if count := integer(raw.get(unit)):
            return f" for {count} {unit if count > 1 else unit[:-1]}"
    return ""


def _gift(raw: Raw) -> str:
    """What a gift is, what it cost, and what was written to it."""
    amount = _amount(raw, "amount") or str(integer(raw.get("stars")) or "")
    unit = "TON" if raw.get("action") == "send_ton_gift" else "Telegram Stars"
    what = f"{amount} {unit}" if amount else ""
    if span := _span(raw):
        what = f"Telegram Premium{span}"
    if cost := string(raw.get("cost")):
        what = f" for {cost}: {what}" if what else f" for {cost}"
    elif what:
        what = f" of {what}"
    written = plain(raw.get("gift_text"))
    return f"{what}, with the words: {written}" if written else what


def _amount(raw: Raw, key: str) -> str:
    """An amount in two fields: its whole part, and billionths."""
    whole, rest = (integer(raw.get(f"{key}_{part}")) or 0 for part in ("whole", "nano"))
    return f"{whole}.{rest:09}".rstrip("0") if rest else str(whole or "")


def _price(raw: Raw) -> str:
    amount = _amount(raw, "price_amount")
    return f", for {amount} {string(raw.get('price_currency'))}" if amount else ""


def _direct_messages(raw: Raw) -> str:
    if raw.get("is_broadcast_messages_allowed") is False:
        return "Direct messages were disabled."
    stars = integer(raw.get("price_stars")) or 0
    return f"Price per direct message changed to {stars} Telegram Stars."


def _drawn(raw: Raw) -> str:
    winners = integer(raw.get("winners"))
    if not winners:
        return "No winners of the giveaway could be selected."
    if integer(raw.get("unclaimed")):
        return "Some winners of the giveaway were randomly selected by Telegram."
    return f"{winners} of the giveaway was randomly selected by Telegram."


def _marked(raw: Raw) -> str:
    """Which tasks are done, which are not."""
    told = (("completed", "done"), ("incompleted", "not done yet"))
    lists = ((_listed(list(map(str, array(raw.get(key))))), state) for key, state in told)
    return " and ".join(f"{numbers} as {state}" for numbers, state in lists if numbers)


def _tasks(raw: Raw) -> str:
    tasks = (plain(mapping(task).get("text")) for task in array(raw.get("items")))
    return ", ".join(f'"{task}"' for task in tasks)


def _comment(raw: Raw) -> str:
    comment = string(raw.get("comment"))
    return f', with comment: "{comment}"' if comment else "."


def _birthday(raw: Raw) -> str:
    """As much of a date as is told, like ``2000-12-31`` or ``--12-31``."""
    year, month, day = (integer(raw.get(key)) or 0 for key in ("year", "month", "day"))
    return f"{year or '-'}-{month:02}-{day:02}"


def _listed(people: list[str]) -> str:
    """``X, Y and Z``, as tdesktop lists names."""
    if len(people) < 2:
        return "".join(people)
    return f"{', '.join(people[:-1])} and {people[-1]}"


_TOLD: dict[str, Callable[[Raw], str]] = {
    "members": _members,
    "with_members": _with_members,
    "values": _values,
    "seconds": _seconds,
    "ttl": _ttl,
    "bare_ttl": _bare_ttl,
    "schedule_date": _schedule_date,
    "topic": _topic,
    "allowed": _allowed,
    "from_button": _from_button,
    "peers": _peers,
    "span": _span,
    "of_what": _gift,
    "price": _price,
    "direct_messages": _direct_messages,
    "drawn": _drawn,
    "marked": _marked,
    "tasks": _tasks,
    "comment": _comment,
    "birthday": _birthday,
}
"""What is put together of several fields, or read out of one."""
