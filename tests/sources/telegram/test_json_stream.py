import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.telegram import json_stream
from sources.telegram.json_stream import BROKEN, Cut, JsonText, text_blocks

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def of(text: str, size: int = 10**6) -> JsonText:
    data = text.encode("utf-8", "surrogateescape")
    return JsonText(text_blocks(data[at : at + size] for at in range(0, len(data), size)))


def elements(text: JsonText) -> list[object]:
    return [text.value() for _ in text.items()]


@settings(deadline=None)
@given(st.lists(VALUES, max_size=6), st.integers(1, 40), st.booleans(), st.sampled_from([None, 1]))
def test_values_come_out_as_they_went_in_wherever_blocks_end(
    values: list[object], size: int, ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(values, ensure_ascii=ascii_only, indent=indent)
    if not ascii_only and any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        return
    expected = json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    got = elements(of(text, size))
    assert len(got) == len(expected)
    if not ascii_only:
        assert got == expected


@settings(deadline=None)
@given(st.lists(VALUES, max_size=4), st.integers(1, 40))
def test_skipping_leads_to_the_next_value(values: list[object], size: int) -> None:
    text = of(json.dumps([*values, "end"]), size)
    last: object = None
    for number, _ in enumerate(text.items()):
        if number < len(values):
            text.skip()
        else:
            last = text.value()
    assert last == "end"


def test_control_character_as_tdesktop_writes_it_is_repaired_and_counted() -> None:
    text = of(r'["bell \x07 line \x0B", "plain"]')
    assert elements(text) == ["bell \x07 line \x0b", "plain"]
    assert text.repaired == 1


def test_backslash_that_was_written_as_json_begins_no_control_character() -> None:
    assert elements(of(r'["bell \x07 in C:\\x64"]')) == ["bell \x07 in C:\\x64"]


def test_escaped_backslash_before_x_stays() -> None:
    text = of(r'["C:\\x07", "C:\\\x07"]')
    assert elements(text) == [r"C:\x07", "C:\\\x07"]
    assert text.repaired == 1


def test_value_that_is_not_json_costs_its_neighbours_nothing() -> None:
    text = of('[1, {"a": nonsense, "b": "]"}, {"c": "\\q"}, 2]')
    assert elements(text) == [1, BROKEN, BROKEN, 2]


@pytest.mark.parametrize("deep", ["[" * 100_000 + "]" * 100_000, '{"a":' * 9000 + "1" + "}" * 9000])
def test_value_nested_too_deep_is_broken_not_fatal(deep: str) -> None:
    assert elements(of(f'[{deep}, "next"]')) == [BROKEN, "next"]


def test_number_of_more_digits_than_python_reads_is_broken() -> None:
    assert elements(of("[" + "9" * 10_000 + ", 1]")) == [BROKEN, 1]


@settings(deadline=None)
@given(st.integers(1, 60))
def test_text_that_ends_anywhere_is_cut(end: int) -> None:
    whole = '[{"id": 1, "text": "one"}, {"id": 2, "text": "two, longer"}]'
    text, got = of(whole[:end]), []
    if end < len(whole):
        with pytest.raises(Cut):
            got += [text.value() for _ in text.items()]
    assert all(value != BROKEN for value in got)


def test_half_a_character_is_replaced_and_counted() -> None:
    text = of('["\\ud83d", "\\ud83d\\ude00", "a\udcffb"]')
    assert elements(text) == ["\ufffd", "\U0001f600", "a\ufffdb"]
    assert text.replaced == 2


def test_byte_order_mark_is_no_value() -> None:
    assert elements(JsonText(text_blocks([b"\xef\xbb\xbf[1]"]))) == [1]


def test_message_of_eleven_megabytes_is_read() -> None:
    assert [len(str(value)) for value in elements(of(f'["{"a" * 11_000_000}"]', 2**20))] == [
        11_000_000
    ]


def test_quote_gone_astray_is_given_up_at_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "LARGEST", 1000)
    taken = 0

    def blocks() -> Iterator[bytes]:
        nonlocal taken
        for block in (b'["', *[b"a" * 100] * 1000):
            taken += len(block)
            yield block

    text = JsonText(text_blocks(blocks()))
    with pytest.raises(Cut):
        elements(text)
    assert taken < 10_000


def test_place_of_an_emoji_without_quotes_costs_no_message() -> None:
    emoji = """{
 "id": 1,
 "text": [
  {
   "type": "custom_emoji",
   "text": "x",
   "document_id": video_files/sticker (2).webm
  },
  {
   "type": "custom_emoji",
   "text": "y",
   "document_id": (File not included. Change data exporting settings to download.)
  },
  "a \\n\\"document_id\\": b"
 ]
}"""
    text = JsonText(iter([f"[{emoji}, 7]"]))
    first, second = [text.value() for _ in text.items()]
    assert isinstance(first, dict)
    x, y, rest = first["text"]
    assert x["document_id"] == "video_files/sticker (2).webm"
    assert y["document_id"].startswith("(File not included.")
    assert (rest, second, text.repaired) == ('a \n"document_id": b', 7, 1)
