import pytest

from sources.telegram.identity import export_date, identity_of, key_of


@pytest.mark.parametrize(
    ("archive", "day"),
    [
        ("ChatExport_2024-05-01", "2024-05-01"),
        ("old/ChatExport_2024-05-01 (1)", "2024-05-01"),
        ("ChatExport_31_12_2018", "2018-12-31"),
        ("x.zip!DataExport_2024-05-01", "2024-05-01"),
        ("DataExport_2024-05-01.zip!", "2024-05-01"),
        ("DataExport_2024-05-01/sub", ""),
        (".", ""),
        ("Acme", ""),
    ],
)
def test_day_of_an_export_is_in_its_name(archive: str, day: str) -> None:
    assert export_date(archive) == day


def test_deleted_accounts_are_nobody() -> None:
    assert identity_of(["Deleted Account", " ACME  Support"]) == ("telegram:title:acmesupport",)


def test_chat_without_messages_is_known_by_title_and_type() -> None:
    assert key_of(None, "Acme", "group") == key_of(None, "ACME ", "group")
    assert key_of(None, "Acme", "group") != key_of(None, "Acme", "private")
