from collections.abc import Sequence

import pytest

from sources.records import Message
from sources.telegram.likeness import Columns, compare

SAID = [(n, f"2024-03-05T10:{n:02}:00Z", f"text {n}") for n in range(1, 9)]


def message(number: int, time: str | None, text: str) -> Message:
    return Message(
        author="Ada",
        text=text,
        timestamp=time,
        message_id=str(number),
        message_type="regular",
        is_service=False,
        date=None if time else "2024-03-05",
    )


def verdict(
    one: Sequence[tuple[int, str | None, str]],
    other: Sequence[tuple[int, str | None, str]],
    *,
    alike: bool = False,
) -> bool | None:
    columns = [Columns(message(*said) for said in some) for some in (one, other)]
    there, back = compare(*columns), compare(*columns[::-1])
    assert there.verdict(alike=alike) == back.verdict(alike=alike)
    return there.verdict(alike=alike)


def later(hours: int, minutes: int = 0) -> list[tuple[int, str | None, str]]:
    return [(n, f"2024-03-05T{10 + hours}:{n + minutes:02}:00Z", text) for n, _, text in SAID]


def test_runs_that_agree_in_all_they_share_are_one() -> None:
    assert verdict(SAID[:5], SAID[3:]) is True


def test_runs_that_share_nothing_say_nothing() -> None:
    assert verdict(SAID[:4], SAID[4:]) is None
    assert verdict(SAID, []) is None


def test_one_message_elsewhen_makes_two() -> None:
    assert verdict(SAID, [*SAID[:7], (8, "2024-03-05T10:08:01Z", "text 8")], alike=True) is False


@pytest.mark.parametrize(("edited", "said"), [(1, True), (4, True), (5, None), (8, None)])
def test_texts_may_be_edited_but_not_most_of_them(edited: int, said: bool | None) -> None:
    other = [(n, time, "edited" if n <= edited else text) for n, time, text in SAID]
    assert verdict(SAID, other, alike=True) is said


def test_messages_without_a_time_say_nothing() -> None:
    assert verdict([(1, None, "created")], [(1, None, "created")], alike=True) is None
    assert verdict([(1, None, "made"), *SAID[1:]], [(1, None, "created"), *SAID[1:]]) is True


@pytest.mark.parametrize("shift", [(1, 0), (13, 0), (0, 30), (5, 30)])
def test_shift_by_whole_or_half_hours_is_a_matter_of_zones(shift: tuple[int, int]) -> None:
    assert verdict(SAID, later(*shift)) is True


@pytest.mark.parametrize("shift", [(0, 1), (1, 20), (0, 45)])
def test_other_shift_is_none(shift: tuple[int, int]) -> None:
    assert verdict(SAID, later(*shift), alike=True) is False


def test_shift_may_change_by_daylight_saving_and_by_no_more() -> None:
    assert verdict(SAID, [*later(2)[:4], *later(3)[4:]]) is True
    assert verdict(SAID, [*later(1)[:4], *later(9)[4:]], alike=True) is False


def test_few_shifted_messages_need_a_title_to_speak_for_them() -> None:
    assert verdict(SAID[:2], later(1)[:2]) is False
    assert verdict(SAID[:2], later(1)[:2], alike=True) is True
    reworded = [(n, time, "other") if n == 1 else (n, time, text) for n, time, text in later(1)[:2]]
    assert verdict(SAID[:2], reworded, alike=True) is False


def test_order_of_messages_does_not_matter() -> None:
    assert verdict(SAID[::-1], SAID[2:]) is True
