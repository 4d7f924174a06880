"""The contract and the records cannot drift apart, nor the schema from the contract."""

from __future__ import annotations

import json
import subprocess
import sys
import types
import typing
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import pydantic
import pytest

from etl import report
from etl.contract import document as contract
from etl.contract import items
from etl.contract import records as published
from etl.matching import decisions
from sources import protocol, records
from tests.etl.contract import small_output as small

ROOT = Path(__file__).parents[3]
STRUCTS = [
    thing
    for thing in vars(records).values()
    if isinstance(thing, type)
    and issubclass(thing, records.Record)
    and thing not in {records.Record, records.Summary, records.Item}
]


def plain(kind: Any) -> Any:
    """A type without what only one side can say: patterns, tuple or list."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return plain(arguments[0])
    if origin is Literal:
        return ("literal", frozenset(arguments))
    if origin in (Union, types.UnionType):
        return ("one of", frozenset(plain(argument) for argument in arguments))
    if origin in (list, tuple):
        return ("many", plain(arguments[0]))
    if isinstance(kind, type) and issubclass(kind, (msgspec.Struct, pydantic.BaseModel)):
        return kind.__name__
    return kind


def model_of(struct: type[msgspec.Struct]) -> type[pydantic.BaseModel]:
    model: type[pydantic.BaseModel] = getattr(published, struct.__name__)
    return model


def defaults_of(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """The defaults as JSON, of the fields that have one."""
    return {
        field.name: json.loads(msgspec.json.encode(field.default))
        for field in msgspec.structs.fields(struct)
        if not field.required
    }


def test_every_record_of_the_output_is_published() -> None:
    assert {struct.__name__ for struct in STRUCTS} == {
        name
        for name, thing in vars(published).items()
        if isinstance(thing, type) and issubclass(thing, published.Model)
    } - {"Model"}


@pytest.mark.parametrize("struct", STRUCTS)
def test_a_model_has_the_fields_of_its_struct_in_order(struct: type[msgspec.Struct]) -> None:
    assert list(model_of(struct).model_fields) == list(struct.__struct_fields__)


@pytest.mark.parametrize("struct", STRUCTS)
def test_a_model_has_the_types_of_its_struct(struct: type[msgspec.Struct]) -> None:
    theirs = typing.get_type_hints(model_of(struct), include_extras=True)
    ours = typing.get_type_hints(struct)
    for name in struct.__struct_fields__:
        assert plain(theirs[name]) == plain(ours[name]), name


@pytest.mark.parametrize("struct", STRUCTS)
def test_a_model_lets_the_same_fields_be_missing(struct: type[msgspec.Struct]) -> None:
    assert {
        name: field.default
        for name, field in model_of(struct).model_fields.items()
        if not field.is_required()
    } == defaults_of(struct)


def test_an_account_in_the_statistics_has_the_fields_of_an_account() -> None:
    ours = [name for name in protocol.Account.__struct_fields__ if name != "notes"]
    assert list(contract.SourceAccount.model_fields) == [*ours, "units_quarantined"]


@pytest.mark.parametrize(
    ("struct", "model"),
    [
        (decisions.Evidence, items.Evidence),
        (decisions.Match, items.Candidate),
        (decisions.Nearest, items.Nearest),
        (report.Performance, contract.PerformanceStats),
    ],
)
def test_what_the_run_adds_has_the_fields_that_are_published(
    struct: type[msgspec.Struct], model: type[pydantic.BaseModel]
) -> None:
    assert set(model.model_fields) == set(struct.__struct_fields__)


@pytest.mark.parametrize("place", [contract.Company, contract.Review, contract.Unmatched])
def test_the_arrays_are_the_kinds(place: type[pydantic.BaseModel]) -> None:
    names = [name for name in place.model_fields if name != "company_info"]
    assert tuple(names) == records.KINDS
    assert tuple(contract.ItemCounts.model_fields) == records.KINDS


def test_every_kind_has_its_totals() -> None:
    for kind in records.KINDS:
        assert {f"total_{kind}", f"matched_{kind}"} <= contract.Statistics.model_fields.keys()


def test_the_keys_of_the_file_stand_in_the_promised_order() -> None:
    promised = ["metadata", "statistics", "companies", "review", "unmatched"]
    assert list(contract.Output.model_fields) == promised


def test_an_output_loads_as_objects(tmp_path: Path) -> None:
    loaded = contract.load(small.write(tmp_path / "output.json"))
    chat = loaded.companies["Acme"].telegram_chats[0]
    assert chat.shared_with == ["Globex"]
    assert [message.text for message in chat.messages][2] == "Thank you"
    assert loaded.review.telegram_chats[0].messages is None


def test_the_schema_in_the_docs_is_the_one_printed() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "etl.contract"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    kept = (ROOT / "docs" / "output.schema.json").read_bytes()
    assert json.loads(kept) == json.loads(printed), (
        "write it anew: python -m etl.contract > docs/output.schema.json"
    )


def test_every_field_of_the_schema_is_described() -> None:
    whole = contract.schema()
    bare = [
        f"{owner['title']}.{name}"
        for owner in [whole, *whole["$defs"].values()]
        for name, field in owner["properties"].items()
        if not field.get("description")
    ]
    assert not bare


def valid_message(**changed: Any) -> dict[str, Any]:
    return {**small.built(small.GREETING[1]), **changed}


@pytest.mark.parametrize(
    "changed",
    [
        {"timestamp": "2024-05-02T10:00:00+00:00"},
        {"timestamp": "2024-05-02T10:00:00"},
        {"timestamp": "2024-02-30T10:00:00Z"},
        {"message_id": 2},
        {"is_service": True},
        {"is_service": 0},
        {"message_type": "system"},
        {"thread": "1"},
        {"date": "2024-5-2"},
        {"media": [{"kind": "photo", "path": "/home/ann/plan.jpg"}]},
        {"media": [{"kind": "photo", "path": "C:\\Users\\ann\\plan.jpg"}]},
        {"media": [{"kind": "photo", "path": "../plan.jpg"}]},
    ],
)
def test_a_message_that_breaks_the_contract_is_refused(changed: dict[str, Any]) -> None:
    published.Message.model_validate(valid_message())
    with pytest.raises(pydantic.ValidationError):
        published.Message.model_validate(valid_message(**changed))


@pytest.mark.parametrize(
    ("struct", "changed"),
    [
        (small.CHAT, {"message_count": 4}),
        (small.CHAT, {"participant_count": 3}),
        (small.CHAT, {"participants": ["Bo Lind", "Ann Reyes"]}),
        (small.CHAT, {"unique_authors": ["Ann Reyes", "Ann Reyes"]}),
        (small.CHAT, {"directory": "/data/chats/chat_1"}),
        (small.MEETING, {"all_day": True}),
        (small.HOLIDAY, {"start": "2024-05-07T00:00:00Z"}),
        (small.DEAL, {"amount": "1,200.50"}),
        (small.DEAL, {"amount": "1.2E+3"}),
        (small.DEAL, {"amount": 1200.5}),
        (small.DEAL, {"status": "closed"}),
        (small.DEAL, {"close_date": "9 May 2024"}),
    ],
)
def test_a_head_that_breaks_the_contract_is_refused(
    struct: msgspec.Struct, changed: dict[str, Any]
) -> None:
    model = model_of(type(struct))
    model.model_validate(small.built(struct))
    with pytest.raises(pydantic.ValidationError):
        model.model_validate({**small.built(struct), **changed})


@pytest.mark.parametrize(
    "key", ["", "/data/chats", "C:\\chats", "telegram:chat_12", "chats/chat_3/messages"]
)
def test_a_key_that_a_new_export_would_change_is_refused(key: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        contract.Item(key=key, source="telegram", archive="a", findings=[])


@pytest.mark.parametrize("place", ["/etc/passwd", "..", "../a", "a/../../b"])
def test_a_place_outside_the_data_folder_is_refused(place: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        contract.Item(key="telegram:a1", source="telegram", archive=place, findings=[])


@pytest.mark.parametrize("place", ["a/b c.ics", "\\n..\\x", "a\\..\\b", "...", "C:\\x"])
def test_a_folder_may_be_called_as_it_likes(place: str) -> None:
    contract.Item(key="telegram:a1", source="telegram", archive=place, findings=[])


@pytest.mark.parametrize("key", ["telegram:a1", "slack:T1:C0ACME", "calendar:a/b@x", "chat_room"])
def test_a_key_of_the_vendors_own_ids_is_taken(key: str) -> None:
    contract.Item(key=key, source="telegram", archive="a", findings=[])
