import json

from hypothesis import given, settings
from hypothesis import strategies as st

from sources.telegram.json_count import Marks, count_elements
from tests.sources.telegram.json_builder import account, chat, message, text_of
from tests.sources.telegram.test_json_stream import VALUES


def blocks(text: str, size: int) -> list[bytes]:
    data = text.encode("utf-8", "surrogatepass")
    return [data[at : at + size] for at in range(0, len(data), size)]


def marked(text: str, size: int = 1000) -> int:
    marks = Marks()
    for block in blocks(text, size):
        marks.add(block)
    return marks.count


@settings(deadline=None)
@given(st.integers(1, 90))
def test_marks_are_counted_once_wherever_blocks_end(size: int) -> None:
    said = [message(n, text='{"type": "message"} "type": "service"') for n in range(5)]
    assert marked(text_of(chat([*said, {"id": 9, "type": "unsupported"}])), size) == 6


@settings(deadline=None)
@given(st.lists(VALUES, max_size=6), st.lists(VALUES, max_size=3), st.integers(1, 60))
def test_values_of_any_kind_are_counted_and_nothing_else(
    one: list[object], two: list[object], size: int
) -> None:
    said = [{"messages": [1, 2]}, message(1, messages=[1], chats={"list": [chat([1])]})]
    export = account([chat([*one, *said])], [chat(two, messages2=[1])])
    for indent in (None, 1):
        text = json.dumps(export, indent=indent)
        assert count_elements(blocks(text, size)) == len(one) + 2 + len(two)
    single = json.dumps(chat([*one, *said]))
    assert count_elements(blocks(single, size)) == len(one) + 2


def test_element_that_was_cut_is_counted() -> None:
    text = text_of(chat([message(1), message(2)]))
    assert count_elements([text[: text.rindex("date")].encode()]) == 2
    assert count_elements([b'{"messages": [1, "abc']) == 2
