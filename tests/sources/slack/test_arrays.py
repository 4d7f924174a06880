from __future__ import annotations

import json

import pytest

from sources.slack.arrays import TOO_DEEP, Array, decode, plain, without_tokens

WHOLE = [{"ts": "1.000001", "text": 'a, [b] {c} "d" \\'}, {"ts": "2.000001"}, {"n": [1, [2]]}]


def test_cut_at_any_byte_keeps_every_entry_before_the_cut() -> None:
    data = json.dumps(WHOLE).encode()
    ends = [len(json.dumps(WHOLE[: n + 1])) - 1 for n in range(len(WHOLE))]
    for cut in range(1, len(data)):
        array = decode(data[:cut])
        whole = sum(end <= cut for end in ends)
        assert array.entries == WHOLE[:whole]
        assert array.damage


def test_noise_in_the_middle_keeps_what_stands_before_it() -> None:
    array = decode(b'[{"a": 1}, \x00\xff\xfe{"b": 2}]')
    assert array.entries == [{"a": 1}]
    assert array.damage
    assert not array.cut


@pytest.mark.parametrize("data", [b"{}", b'"x"', b"3", b"null", b"", b"  ", b"\x00\x01\x02"])
def test_what_is_no_list_has_no_entries_and_says_so(data: bytes) -> None:
    array = decode(data)
    assert array.entries == []
    assert array.damage


def test_something_behind_the_list_is_reported() -> None:
    array = decode(b'[{"a": 1}] trailing')
    assert array.entries == [{"a": 1}]
    assert array.damage


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_other_encodings_give_the_same_entries(encoding: str) -> None:
    text = json.dumps([{"text": "café 日本"}], ensure_ascii=False)
    array = decode(plain(text.encode(encoding)))
    assert array == Array([{"text": "café 日本"}])


def test_half_a_character_becomes_the_replacement_mark() -> None:
    array = decode(rb'[{"a": "\ud83d!", "b": "\ud83d\ude00", "c": "\\ud83d"}]')
    assert array.entries == [{"a": "\ufffd!", "b": "😀", "c": "\\ud83d"}]
    assert array.repaired


def test_bytes_that_are_no_text_become_the_replacement_mark() -> None:
    array = decode(b'[{"a": "x\xe9y"}]')
    assert array.entries == [{"a": "x\ufffdy"}]
    assert array.repaired


def test_a_deep_nest_is_damage_and_no_crash() -> None:
    array = decode(b'[{"a": 1}, ' + b"[" * 100_000)
    assert array.entries == [{"a": 1}]
    assert array.damage


@pytest.mark.parametrize(
    "before", [b"?t=", b"?x=1&t=", b"?x=1\\u0026t=", b"?t\\u003d", b"?redir=%2Fa%3Ft%3D"]
)
@pytest.mark.parametrize("token", [b"xoxe-12-ab-CD", b"xoxe.xoxp-1-Mi0y_Q", b"xoxb-1%2D2"])
def test_access_tokens_leave_every_address(before: bytes, token: bytes) -> None:
    data = without_tokens(b'"https://files.slack.com/a.png' + before + token + b'" rest')
    assert b"xox" not in data
    assert data.endswith(b'" rest')


def test_the_same_letters_in_prose_are_left_alone() -> None:
    assert without_tokens(b"hugs xoxo-xoxo, xoxb-tokens") == b"hugs xoxo-xoxo, xoxb-tokens"


@pytest.mark.parametrize(
    "deep", [b"[" * 5000 + b"]" * 5000, b'{"a":' * 5000 + b'"]}"' + b"}" * 5000]
)
def test_an_entry_nested_too_deep_stands_for_itself_and_the_rest_goes_on(deep: bytes) -> None:
    array = decode(b'[{"a": 1}, ' + deep + b', {"b": 2}]')
    assert array == Array([{"a": 1}, TOO_DEEP, {"b": 2}])


def test_replies_in_replies_are_read_however_deep() -> None:
    nested = b'{"slackdump_thread_replies":[' * 450 + b"]}" * 450
    assert len(decode(b'{"messages":[' + nested + b"]}").entries) == 450
