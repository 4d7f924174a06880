"""One conversation, brought up to date: its history in windows of time, its threads whole.

What a message says of the replies to it (how many, the latest) tells when to ask for them
again, so a late reply is found under however old a message.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sources.live.calling import Caller, Rejected, Turning
from sources.live.landing import Stream, Told
from sources.slack.api import SlackApi, next_cursor
from sources.slack.fields import objects, string
from sources.slack.moment import Moment
from sources.slack.windows import (
    BEGINNING,
    PAGE,
    Cursor,
    Window,
    before,
    divided,
    mark,
    moment_of,
)

LOOK_BACK_SECONDS = 7 * 86400
"""Before a conversation's last message: threads are asked for again whatever is said of
them, for an edited reply shows nowhere else; and what is older waits for the rest.
"""

Messages = dict[str, Mapping[str, Any]]
"""By ``ts``."""


class Page(NamedTuple):
    """What was asked, the answer, the messages in it that no page before held, and how far
    down it reaches; empty when that is nowhere.
    """

    asked: Mapping[str, Any]
    answer: Mapping[str, Any]
    fresh: Messages
    bottom: str


_NO_MORE = {"has_more": False, "response_metadata": {"next_cursor": ""}}
_END_OF_TIME: Moment = (10**12, 0)


class History:
    """One conversation during one fetch, which comes to it twice: first for what is newest,
    then for the rest. Nothing before ``since`` is asked for.
    """

    def __init__(self, api: SlackApi, caller: Caller, name: str, since: str) -> None:
        self._api = api
        self._caller = caller
        self._name = name
        self._since = moment_of(since)
        self._settled: set[str] = set()

    def update(self, landed: Stream, cursor: Cursor, *, newest_only: bool) -> None:
        """Ask for what is due, and land what says anything new. Raises `CallError`."""
        recent, threads = _recent(cursor), dict(cursor.threads)
        number = 0
        while number < len(cursor.windows):
            span = self._span(cursor, number, recent, newest_only=newest_only)
            if not span:
                number += 1
            elif cursor.windows[number].mark is None:
                number = self._list(landed, cursor, number)
            else:
                number = self._compare(landed, cursor, number, span)
        # Where nothing is said of a thread, an edited reply may still be.
        late = {ts: (said, "") for ts, (said, _) in threads.items() if _replied(said) > recent}
        for thread, (said, page) in ((late if newest_only else {}) | cursor.pending).items():
            self._thread(landed, cursor, thread, said, page)

    def _span(self, cursor: Cursor, number: int, recent: Moment, *, newest_only: bool) -> int:
        """How many windows from this one on are to be asked for together now: as many as
        fit on a page, once the first of them is due.
        """
        span = count = 0
        for place, window in enumerate(cursor.windows[number:], number):
            top = moment_of(cursor.windows[place - 1].lower) if place else _END_OF_TIME
            due = span or not newest_only or window.mark is None or top > recent
            count += window.count
            if not due or top <= self._since or window.lower in self._settled:
                break
            if span and (window.mark is None or count > PAGE):
                break
            span += 1
            if window.mark is None:
                break
        return span

    def _list(self, landed: Stream, cursor: Cursor, number: int) -> int:
        """List a window for the first time; says which is the next one below it."""
        lower, top = _bounds(cursor, number)
        for asked, answer, fresh, bottom in self._pages(lower, top):
            cursor.newest = max(cursor.newest, *fresh, "", key=moment_of)
            cursor.pending.update(_changed(cursor, fresh))
            if bottom:
                end = number + (bottom == lower)
                number = self._settle(cursor, slice(number, end), divided(fresh, bottom))
            landed.append(asked, answer, cursor)
        return number

    def _compare(self, landed: Stream, cursor: Cursor, number: int, span: int) -> int:
        """Ask for windows again, and land those that say something new, as if they had been
        asked for alone; says which is the next one that was not told whole.
        """
        told = self._told_again(cursor, number, span)
        known = cursor.newest
        cursor.newest = max(known, *told.fresh, "", key=moment_of)
        for _ in range(span):
            if moment_of(cursor.windows[number].lower) < moment_of(told.bottom):
                break
            number = self._compare_one(landed, cursor, number, told, known)
        return number

    def _told_again(self, cursor: Cursor, number: int, span: int) -> Page:
        """What is said of windows, as if it were one page, as far down as a page reaches that
        tells the first of them whole: what is further down is another page's.
        """
        lower, top = _bounds(cursor, number, span)
        first = moment_of(cursor.windows[number].lower)
        pages: list[Page] = []
        for page in self._pages(lower, top):
            pages.append(page)
            if page.bottom and moment_of(page.bottom) <= first:
                lower = page.bottom
                break
        messages = {ts: message for page in pages for ts, message in page.fresh.items()}
        answer = pages[0].answer
        if any(page.answer.get("is_limited") for page in pages):
            answer = {**answer, "is_limited": True}
        return Page(pages[0].asked, answer, messages, lower)

    def _compare_one(
        self, landed: Stream, cursor: Cursor, number: int, told: Page, known: str
    ) -> int:
        """Land what is new in a window; says which is the next one below it. ``known`` is the
        last message there was before.
        """
        window = cursor.windows[number]
        bottom, top = _bounds(cursor, number)
        held = {ts: m for ts, m in told.fresh.items() if _within(ts, bottom, top)}
        fresh = {ts: m for ts, m in held.items() if moment_of(ts) > moment_of(known)}
        same = window.mark == mark(held[ts] for ts in held.keys() - fresh.keys())
        # A free workspace hides what is old: that says nothing about it.
        hidden = bool(told.answer.get("is_limited"))
        new = fresh if same else held
        here = slice(number, number + 1)
        if not new and (same or hidden):
            return self._settle(cursor, here, [window])
        below = self._settle(cursor, here, divided(held, bottom))
        cursor.pending.update(_changed(cursor, new))
        if not (same or hidden):
            cursor.pending.update(_gone(cursor, held, bottom, top))
        asked = {**told.asked, "oldest": known if same else before(bottom)}
        asked |= {"latest": top} if top is not None else {}
        landed.append(asked, {**told.answer, "messages": [*new.values()], **_NO_MORE}, cursor)
        return below

    def _settle(self, cursor: Cursor, place: slice, windows: list[Window]) -> int:
        """Put windows in their place, not to be asked for again in this fetch; says which
        is the next one below them.
        """
        cursor.windows[place] = windows
        self._settled.update(window.lower for window in windows)
        return int(place.start) + len(windows)

    def _pages(self, lower: str, top: str | None) -> Iterator[Page]:
        """The pages of a stretch of time, newest first. Each is asked for by time, which
        never expires; Slack's own cursor leads on over pages that hold nothing.
        """
        turning = Turning()
        cursor, again = "", False
        while True:
            asked = {"channel": self._name, "limit": PAGE}
            asked |= {"oldest": before(lower)} if lower != BEGINNING else {}
            asked |= {"latest": top} if top is not None else {}
            asked |= {"cursor": cursor} if cursor else {}
            answer = self._api.ask(self._caller, "conversations.history", asked)
            messages = _by_ts(objects(answer.setdefault("messages", [])))
            fresh = {ts: m for ts, m in messages.items() if _within(ts, lower, top)}
            more = answer.get("has_more") is True or bool(next_cursor(answer))
            bottom = min(fresh, key=moment_of, default="") if more else lower
            yield Page({"method": "conversations.history", **asked}, answer, fresh, bottom)
            if not more:
                return
            if fresh:
                top, cursor, again = bottom, "", False
            elif messages and not again:
                again = True  # a page of before, once more: an accident
            else:
                cursor = next_cursor(answer)
            turning.more(f"{top} {cursor}", new=bool(fresh))

    def _thread(self, landed: Stream, cursor: Cursor, thread: str, said: str, page: str) -> None:
        """Ask for a thread, all of it; land it when it says anything new."""
        known = cursor.threads.get(thread)
        given = {"channel": self._name, "ts": thread, "limit": PAGE}
        pages: Iterable[Told] = self._api.pages(
            self._caller, "conversations.replies", "messages", given, page
        )
        try:
            # Where it may be as it was, it is compared; so long a one as goes on, goes on.
            if known is not None and not page:
                pages = list(pages)
                messages = [m for _, answer in pages for m in objects(answer["messages"])]
                if known == (said, mark(_by_ts(messages).values())):
                    return
            replies: Messages = {}
            for asked, answer in pages:
                replies |= _by_ts(objects(answer["messages"]))
                cursor.pending[thread] = (said, next_cursor(answer))
                if not next_cursor(answer):
                    del cursor.pending[thread]
                    cursor.threads[thread] = (said, mark(replies.values()))
                landed.append(asked, answer, cursor)
        except Rejected as error:
            if error.code != "thread_not_found":
                raise
            cursor.threads.pop(thread, None)
            cursor.pending.pop(thread, None)
            gone = {"ok": False, "error": error.code, "messages": []}
            landed.append({"method": "conversations.replies", **given}, gone, cursor)


def _recent(cursor: Cursor) -> Moment:
    """From when on a conversation is looked at again first."""
    replied = (_replied(said) for said, _ in cursor.threads.values())
    seconds, micros = max(moment_of(cursor.newest), *replied, (0, 0))
    return seconds - LOOK_BACK_SECONDS, micros


def _said(message: Mapping[str, Any]) -> str:
    """What a message says of the replies to it; nothing when it has none."""
    count = message.get("reply_count")
    return f"{count}:{string(message.get('latest_reply'))}" if count else ""


def _replied(said: str) -> Moment:
    """When the latest reply came, of what a message says of its replies."""
    return moment_of(said.partition(":")[2])


def _changed(cursor: Cursor, messages: Messages) -> dict[str, tuple[str, str]]:
    """The threads that these messages begin and that must be asked for."""
    changed = {}
    for ts, message in messages.items():
        said = _said(message)
        known = cursor.threads.get(ts, ("", 0))[0]
        waiting = cursor.pending.get(ts, (None, ""))[0]
        if said not in {known, waiting}:
            changed[ts] = (said, "")
    return changed


def _gone(
    cursor: Cursor, there: Collection[str], lower: str, top: str | None
) -> dict[str, tuple[str, str]]:
    """The threads whose first message a window held and holds no more."""
    threads = cursor.threads
    return {ts: ("", "") for ts in threads if ts not in there and _within(ts, lower, top)}


def _bounds(cursor: Cursor, number: int, span: int = 1) -> tuple[str, str | None]:
    """From where to where a window reaches, or several."""
    windows = cursor.windows
    return windows[number + span - 1].lower, windows[number - 1].lower if number else None


def _within(ts: str, lower: str, top: str | None) -> bool:
    when = moment_of(ts)
    return moment_of(lower) <= when and (top is None or when < moment_of(top))


def _by_ts(messages: Iterable[Mapping[str, Any]]) -> Messages:
    return {string(message.get("ts")): message for message in messages}
