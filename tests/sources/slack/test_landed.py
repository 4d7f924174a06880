"""What segments of Slack's API come to: the last word on everything, and what is no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sources.live.segments import pack_said, pack_segment
from sources.records import Channel
from tests.reading import Read, Reading, read_archive, source
from tests.sources.slack.writing import ANN, BOB, GENERAL, say

HISTORY, REPLIES = "conversations.history", "conversations.replies"
DONE: dict[str, Any] = {"windows": [["0", 0, 0]]}


def history(*messages: Any, more: bool = False, **asked: Any) -> tuple[Any, Any]:
    answer: dict[str, Any] = {"ok": True, "messages": list(messages), "has_more": more}
    return {"method": HISTORY, "channel": "C0GENERAL", **asked}, answer


def replies(thread: str, *messages: Any, cursor: str = "", more: str = "") -> tuple[Any, Any]:
    asked = {"method": REPLIES, "channel": "C0GENERAL", "ts": thread}
    asked |= {"cursor": cursor} if cursor else {}
    answer: dict[str, Any] = {"ok": True, "messages": list(messages)}
    return asked, answer | {"response_metadata": {"next_cursor": more}}


def land(
    root: Path, stream: str, *said: tuple[Any, Any], cursor: Any = None, team: str = ""
) -> Path:
    """One more segment."""
    folder = root / "live" / "slack" / stream
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{len(list(folder.iterdir())) + 1:08d}.jsonl.zst"
    path.write_bytes(
        pack_segment(
            service="slack",
            stream=stream,
            fetched_at="2026-02-25T06:13:20Z",
            account={"team_id": team} if team else {},
            lines=[pack_said(asked, answer) for asked, answer in said],
            cursor=DONE if cursor is None else cursor,
        )
    )
    return path


def land_lists(root: Path, channels: Any = (GENERAL,), users: Any = (ANN, BOB)) -> None:
    land(root, "conversations", ({}, {"ok": True, "channels": channels}))
    land(root, "users", ({}, {"ok": True, "members": users}))


def read(root: Path) -> Reading:
    reading = read_archive(source("slack"), root)
    assert reading.account.balanced
    return reading


def one(root: Path) -> Read:
    (only,) = read(root).items
    return only


def told(root: Path) -> dict[str, tuple[str, bool]]:
    return {m.message_id: (m.text, m.deleted) for m in one(root).messages}


@pytest.mark.parametrize(
    ("team", "kind"), [("T0ACME", "member"), ("", "external"), ("T0ELSE", "external")]
)
def test_whom_the_api_took_us_for_tells_which_workspace_is_ours(
    tmp_path: Path, team: str, kind: str
) -> None:
    """However few of it are listed; a workspace of which nobody is tells nothing."""
    others = [{"id": f"U0N{n}", "team_id": "T0NORTH", "name": f"n{n}"} for n in range(3)]
    land(tmp_path, "conversations", ({}, {"ok": True, "channels": (GENERAL,)}))
    land(tmp_path, "users", ({}, {"ok": True, "members": [ANN, *others]}), team=team)
    land(tmp_path, "messages-C0GENERAL", history(say("1700000001.000000", "x")))
    head = one(tmp_path).head
    assert isinstance(head, Channel)
    (found,) = (person.kind for person in head.people if person.id == ANN["id"])
    assert found == kind


def test_last_answer_about_a_message_counts(tmp_path: Path) -> None:
    land_lists(tmp_path)
    land(tmp_path, "messages-C0GENERAL", history(say("1700000001.000000", "frist")))
    edited = say("1700000001.000000", "first", edited={"ts": "1700000005.000000"})
    land(tmp_path, "messages-C0GENERAL", history(edited, say("1700000002.000000", "second")))
    assert told(tmp_path) == {
        "1700000001.000000": ("first", False),
        "1700000002.000000": ("second", False),
    }
    account = read(tmp_path).account
    assert (account.found, account.accepted, account.duplicate) == (3, 2, 1)
    assert one(tmp_path).messages[0].author == "Ann"
    assert one(tmp_path).summary.key == "slack:C0GENERAL"


def stamps(*seconds: int) -> list[str]:
    return [f"17000000{second:02d}.000000" for second in seconds]


def deleted(root: Path) -> list[str]:
    return [message.message_id for message in one(root).messages if message.deleted]


def test_what_a_complete_stretch_leaves_out_was_deleted(tmp_path: Path) -> None:
    a, b, c, d = stamps(1, 2, 3, 4)
    land_lists(tmp_path)
    land(tmp_path, "messages-C0GENERAL", history(*map(say, (d, c, b, a))))
    land(tmp_path, "messages-C0GENERAL", history(say(b), oldest=a, latest=d))
    assert deleted(tmp_path) == [c]


def test_page_with_more_to_come_says_nothing_of_what_is_below_it(tmp_path: Path) -> None:
    a, b, c, d = stamps(1, 2, 3, 4)
    land_lists(tmp_path)
    land(tmp_path, "messages-C0GENERAL", history(*map(say, (d, c, b, a))))
    land(tmp_path, "messages-C0GENERAL", history(say(d), say(b), more=True))
    assert deleted(tmp_path) == [c]


def test_empty_page_with_more_to_come_says_nothing(tmp_path: Path) -> None:
    land_lists(tmp_path)
    land(tmp_path, "messages-C0GENERAL", history(*map(say, stamps(2, 1))))
    land(tmp_path, "messages-C0GENERAL", history(more=True))
    assert deleted(tmp_path) == []


def test_limited_answer_says_nothing_of_what_it_hides(tmp_path: Path) -> None:
    land_lists(tmp_path)
    land(tmp_path, "messages-C0GENERAL", history(*map(say, stamps(2, 1))))
    asked, answer = history(say(stamps(2)[0]))
    land(tmp_path, "messages-C0GENERAL", (asked, {**answer, "is_limited": True}))
    assert deleted(tmp_path) == []


def test_history_says_nothing_of_replies(tmp_path: Path) -> None:
    a, b = stamps(1, 2)
    land_lists(tmp_path)
    parent, reply = say(a, thread_ts=a, reply_count=1), say(b, thread_ts=a)
    land(tmp_path, "messages-C0GENERAL", history(parent), replies(a, parent, reply))
    land(tmp_path, "messages-C0GENERAL", history(parent))
    assert deleted(tmp_path) == []


def test_thread_that_was_told_to_its_end_leaves_out_what_was_deleted(tmp_path: Path) -> None:
    a, b, c, d = stamps(1, 2, 3, 4)
    parent = say(a, thread_ts=a)
    b_, c_, d_ = (say(ts, thread_ts=a) for ts in (b, c, d))
    land_lists(tmp_path)
    land(tmp_path, "messages-C0GENERAL", history(parent), replies(a, parent, b_, c_, d_))
    first = replies(a, parent, b_, more="next")
    land(tmp_path, "messages-C0GENERAL", first)
    assert deleted(tmp_path) == [], "it is not at its end"
    land(tmp_path, "messages-C0GENERAL", replies(a, parent, d_, cursor="next"))
    assert deleted(tmp_path) == [c]


def test_deleted_thread_takes_its_replies_along(tmp_path: Path) -> None:
    a, b = stamps(1, 2)
    parent = say(a, thread_ts=a)
    land_lists(tmp_path)
    land(
        tmp_path,
        "messages-C0GENERAL",
        history(parent),
        replies(a, parent, say(b, thread_ts=a)),
        history(),
    )
    asked, _ = replies(a)
    gone = {"ok": False, "error": "thread_not_found", "messages": []}
    land(tmp_path, "messages-C0GENERAL", (asked, gone))
    assert deleted(tmp_path) == [a, b]


@pytest.mark.parametrize("reason", ["damaged", "missing"])
def test_segment_that_is_lost_is_told_and_takes_no_message_for_deleted(
    tmp_path: Path, reason: str
) -> None:
    a, b, c = stamps(1, 2, 3)
    parent = say(a, thread_ts=a)
    b_, c_ = (say(ts, thread_ts=a) for ts in (b, c))
    land_lists(tmp_path)
    land(tmp_path, "messages-C0GENERAL", history(parent), replies(a, parent, b_, c_))
    land(tmp_path, "messages-C0GENERAL", replies(a, parent, more="1"))
    lost = land(tmp_path, "messages-C0GENERAL", replies(a, b_, cursor="1", more="2"))
    land(tmp_path, "messages-C0GENERAL", replies(a, c_, cursor="2"))
    assert deleted(tmp_path) == []
    if reason == "damaged":
        lost.write_bytes(lost.read_bytes()[:-5])
    else:
        lost.unlink()
    (problem,) = read(tmp_path).problems
    assert problem.path == "live/slack/messages-C0GENERAL/00000003.jsonl.zst"
    assert deleted(tmp_path) == []
    assert [f.kind for f in one(tmp_path).summary.findings] == ["unreadable_file"]


def test_list_of_people_that_is_damaged_is_fetched_again_not_exported(tmp_path: Path) -> None:
    land_lists(tmp_path)
    land(tmp_path, "messages-C0GENERAL", history(say(stamps(1)[0])))
    lost = tmp_path / "live" / "slack" / "users" / "00000001.jsonl.zst"
    lost.write_bytes(lost.read_bytes()[:-5])
    assert [f.kind for f in one(tmp_path).summary.findings] == ["people_unresolved"]
    (problem,) = read(tmp_path).problems
    assert "--full" in problem.remedy
    land(tmp_path, "users", ({}, {"ok": True, "members": [ANN, BOB]}))
    assert one(tmp_path).summary.findings == (), "the later list names them all"


def test_segment_that_is_missing_is_told_until_all_is_asked_for_anew(tmp_path: Path) -> None:
    land_lists(tmp_path)
    for ts in stamps(1, 2, 3):
        lost = land(tmp_path, "messages-C0GENERAL", history(say(ts), more=True))
    lost.with_name("00000002.jsonl.zst").unlink()
    (problem,) = read(tmp_path).problems
    assert problem.path == "live/slack/messages-C0GENERAL/00000002.jsonl.zst"
    assert "--full" in problem.remedy
    lost.rename(lost.with_name("00000004.jsonl.zst"))
    assert [p.path[-18:-10] for p in read(tmp_path).problems] == ["00000002", "00000003"]
    again = land(
        tmp_path, "messages-C0GENERAL", history(say(stamps(1)[0])), cursor=DONE | {"anew": 5}
    )
    again.rename(again.with_name("00000005.jsonl.zst"))
    assert read(tmp_path).problems == []


def test_what_is_not_fetched_to_its_end_is_said(tmp_path: Path) -> None:
    land_lists(tmp_path)
    cursor = {"windows": [["5.000000", 1, 1], ["0", 0, None]]}
    land(tmp_path, "messages-C0GENERAL", history(say("6.000000"), more=True), cursor=cursor)
    assert [f.kind for f in one(tmp_path).summary.findings] == ["unfinished_fetch"]
    land(tmp_path, "messages-C0GENERAL", history(latest="6.000000"))
    assert one(tmp_path).summary.findings == ()


def test_lists_are_what_they_were_last(tmp_path: Path) -> None:
    land_lists(tmp_path)
    land(tmp_path, "messages-C0GENERAL", history(say("1700000001.000000")))
    renamed = {**GENERAL, "name": "all-hands", "previous_names": ["general"]}
    married = {**ANN, "profile": {"display_name": "Ann B."}}
    land_lists(tmp_path, (renamed,), (married,))
    assert one(tmp_path).summary.title == "all-hands"
    assert one(tmp_path).summary.aliases == ("general",)
    assert one(tmp_path).messages[0].author == "Ann B."
    assert len(read(tmp_path).items) == 1


def test_conversation_that_left_the_list_is_still_known(tmp_path: Path) -> None:
    land_lists(tmp_path)
    land(tmp_path, "messages-C0GENERAL", history(say("1700000001.000000")))
    land_lists(tmp_path, ())
    assert one(tmp_path).summary.title == "general"


def test_damaged_list_is_told_once_and_costs_no_message(tmp_path: Path) -> None:
    land_lists(tmp_path)
    for name in ("C0GENERAL", "C0OTHERS1"):
        land(tmp_path, f"messages-{name}", history(say("1700000001.000000")))
    for path in (tmp_path / "live" / "slack" / "conversations").iterdir():
        path.write_bytes(b"no segment")
    reading = read(tmp_path)
    assert [problem.path for problem in reading.problems] == [
        "live/slack/conversations/00000001.jsonl.zst"
    ]
    assert [item.summary.key for item in reading.items] == ["slack:C0GENERAL", "slack:C0OTHERS1"]
    assert {f.kind for i in reading.items for f in i.summary.findings} == {"unlisted_conversation"}


def test_tokens_of_files_are_gone(tmp_path: Path) -> None:
    url = "https://files.slack.example/x?t=xoxe-123-abc"
    land_lists(tmp_path)
    land(tmp_path, "messages-C0GENERAL", history(say("1700000001.000000", f"see <{url}>")))
    assert "xoxe" not in repr(one(tmp_path))


def test_entries_that_are_no_messages_are_accounted_for(tmp_path: Path) -> None:
    land_lists(tmp_path)
    odd: list[Any] = [{"text": "no ts"}, "a text", {"ts": "soon", "user": "U0ANN"}]
    land(tmp_path, "messages-C0GENERAL", history(say("1700000001.000000"), *odd))
    reading = read(tmp_path)
    account = reading.account
    assert (account.found, account.accepted, account.quarantined) == (4, 1, 2)
    assert account.ignored == {"no_ts": 1}
    (problem,) = reading.problems
    assert problem.detail.startswith("2 of 4 entries are no messages")
    assert "fetch" in problem.remedy


def test_whom_only_messages_tell_of_is_named_wherever_they_stand(tmp_path: Path) -> None:
    land_lists(tmp_path)
    first, second = stamps(1, 2)
    eve = say(second, "<https://acme.example/x>", "U0EVE", user_profile={"real_name": "Eve East"})
    land(tmp_path, "messages-C0GENERAL", history(eve, say(first, "hi <@U0EVE>")))
    assert told(tmp_path)[first] == ("hi @Eve East", False)
    assert one(tmp_path).summary.mentioned == ("acme.example",)


def test_leftovers_and_lists_without_conversations_are_no_mystery(tmp_path: Path) -> None:
    land_lists(tmp_path)
    (tmp_path / "live" / "slack" / "users" / ".00000002.jsonl.zst.x.tmp").write_bytes(b"half")
    reading = read(tmp_path)
    assert reading.items == []
    assert len(reading.ignored) == 3
