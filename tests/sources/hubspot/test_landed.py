"""What the CRM API said, read as an export is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.hubspot.landed_count import count_objects
from sources.hubspot.objects import ACCOUNT, ASSOCIATED, LISTED, READ
from sources.live.segments import pack_said, pack_segment
from sources.records import Contact, CrmCompany, Deal
from tests.reading import Reading, read_archive, source

Said = tuple[dict[str, Any], Any]
DEAL = {
    "dealname": "Harbour",
    "dealstage": "closedwon",
    "pipeline": "default",
    "amount": "1250.50",
    "deal_currency_code": "EUR",
    "closedate": "2024-03-31T17:00:00Z",
    "createdate": "2024-01-02T09:15:33.120Z",
    "hs_lastmodifieddate": "2024-02-01T00:00:00.001Z",
    "hubspot_owner_id": "61",
    "hs_is_closed_won": "true",
    "hs_is_closed": "true",
}
PIPELINE = {
    "id": "default",
    "label": "Sales Pipeline",
    "stages": [
        {
            "id": "closedwon",
            "label": "Signed",
            "metadata": {"isClosed": "true", "probability": "1.0"},
        },
        {"id": "7011", "label": "Talks", "metadata": {"isClosed": "false", "probability": "0.2"}},
        {"id": "7012", "label": "No", "metadata": {"isClosed": "true", "probability": "0.0"}},
    ],
}
OWNERS = {"results": [{"id": "61", "firstName": "Pat", "lastName": "Example", "email": "p@o"}]}


def thing(number: str = "501", properties: dict[str, Any] | None = None, **more: Any) -> Any:
    return {
        "id": number,
        "properties": DEAL if properties is None else properties,
        "createdAt": "2024-01-02T09:15:33.120Z",
        "updatedAt": "2024-02-01T00:00:00.001Z",
        "archived": False,
        **more,
    }


def inline(*ids: str, word: str = "deal_to_company", paging: Any = None) -> dict[str, Any]:
    """Associations as a listing tells them: once for each label, the first is the main one."""
    results = [{"id": number, "type": f"{word}_unlabeled"} for number in ids]
    return {"results": [{"id": ids[0], "type": word}, *results], "paging": paging}


def listed(*things: Any, archived: bool = False) -> Said:
    associations = [] if archived else ["companies", "contacts"]
    asked = {"method": LISTED, "archived": archived, "associations": associations}
    return asked, {"results": list(things)}


def read_by_id(*things: Any, missing: tuple[str, ...] = ()) -> Said:
    error = {"category": "OBJECT_NOT_FOUND", "context": {"ids": list(missing)}}
    return {"method": READ}, {"results": list(things), "errors": [error] if missing else []}


def associated(to: str, number: str, *ids: int, main: int = 0, after: str | None = None) -> Said:
    asked = {"method": ASSOCIATED, "to": to, "inputs": [{"id": number, "after": after}]}
    told = [
        {
            "toObjectId": each,
            "associationTypes": [{"typeId": 341}, *([{"typeId": 5}] if each == main else [])],
        }
        for each in ids
    ]
    return asked, {"results": [{"from": {"id": number}, "to": told}] if ids else []}


class Landed:
    """What a test lands, and what is read of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def land(
        self, stream: str, *told: Said, day: int = 1, number: int = 0, cursor: Any = None
    ) -> Path:
        folder = self.folder / "live" / "hubspot" / stream
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{number or len(list(folder.iterdir())) + 1:08d}.jsonl.zst"
        path.write_bytes(
            pack_segment(
                service="hubspot",
                stream=stream,
                fetched_at=f"2024-06-{day:02d}T08:00:00Z",
                account={"portal": "4711"},
                lines=[pack_said(asked, answer) for asked, answer in told],
                cursor=cursor or {},
            )
        )
        return path

    def read(self) -> Reading:
        reading = read_archive(source("hubspot"), self.folder)
        assert reading.account.balanced
        assert reading.account.accepted == len(reading.items)
        return reading

    def deal(self) -> Deal:
        (read,) = self.read().items
        assert isinstance(read.head, Deal)
        return read.head

    def findings(self) -> set[str]:
        return {finding.kind for read in self.read().items for finding in read.summary.findings}


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    return Landed(tmp_path)


def test_deal_has_all_its_fields(landed: Landed) -> None:
    associations = {
        "companies": inline("72", "71"),
        "contacts": inline("81", word="deal_to_contact"),
    }
    landed.land("deals", listed(thing(associations=associations)))
    landed.land("owners", ({}, OWNERS))
    landed.land("pipelines", ({}, {"results": [PIPELINE]}))
    landed.land(
        "companies", listed(thing("71", {"name": "Acme; Sons"}), thing("72", {"name": "B"}))
    )
    ann = {"firstname": "Ann", "lastname": "Test", "email": "Ann@acme.example"}
    landed.land("contacts", listed(thing("81", ann)))
    reading = landed.read()
    read = reading.by_key["hubspot:deal:501"]
    assert read.head == Deal(
        id="501",
        name="Harbour",
        stage="Signed",
        pipeline="Sales Pipeline",
        amount="1250.50",
        currency="EUR",
        close_date="2024-03-31T17:00:00Z",
        create_date="2024-01-02T09:15:33.120000Z",
        owner="Pat Example",
        status="won",
        company_ids=("72", "71"),
        contact_ids=("81",),
        company_names=("B", "Acme; Sons"),
        contact_names=("Ann Test (Ann@acme.example)",),
    )
    summary = read.summary
    assert summary.archive == "live/hubspot/deals"
    assert summary.version == ("2024-06-01", "2024-02-01T00:00:00.001000Z")
    assert summary.emails == ("ann@acme.example",)
    assert "deleted" in summary.known
    assert summary.findings == ()
    assert [unit.name for unit in reading.units] == [
        f"live/hubspot/{name}" for name in ("companies", "contacts", "deals", "owners", "pipelines")
    ]


def test_company_has_all_its_fields(landed: Landed) -> None:
    said = {"name": "Acme", "domain": "acme.example", "website": "", "createdate": "2023-01-01"}
    links = {"contacts": inline("9", "10"), "deals": inline("501")}
    landed.land("companies", listed(thing("7", {**said, "hs_merged_object_ids": "6;5"})))
    asked = {"method": LISTED, "associations": ["contacts", "deals"]}
    landed.land("companies", (asked, {"results": [thing("8", said, associations=links)]}))
    first, second = landed.read().items
    assert second.head == CrmCompany(
        id="8",
        name="Acme",
        domain="acme.example",
        website=None,
        owner=None,
        create_date="2023-01-01",
        contact_ids=("9", "10"),
        deal_ids=("501",),
    )
    assert first.summary.identity == ("hubspot:company:6", "hubspot:company:5")


def test_contact_has_all_its_fields(landed: Landed) -> None:
    said = {
        "firstname": "Ann",
        "lastname": "Test",
        "email": "ann@acme.example",
        "hs_additional_emails": "a@b.example;c@d.example",
        "jobtitle": "Buyer",
        "phone": "+34 600",
    }
    links = {"companies": inline("7", "6", word="contact_to_company")}
    landed.land("contacts", listed(thing("81", said, associations=links)))
    landed.land("companies", listed(thing("6", {"name": "B"}), thing("7", {"name": "Acme"})))
    head = landed.read().by_key["hubspot:contact:81"].head
    assert head == Contact(
        id="81",
        name="Ann Test",
        email="ann@acme.example",
        emails=("ann@acme.example", "a@b.example", "c@d.example"),
        company_name="Acme",
        company_ids=("7", "6"),
        owner=None,
        create_date=None,
        job_title="Buyer",
        phone="+34 600",
    )


# Stages, owners.


@pytest.mark.parametrize(
    ("stage", "label", "status"),
    [("closedwon", "Signed", "won"), ("7011", "Talks", "open"), ("7012", "No", "lost")],
)
def test_pipeline_says_how_a_stage_ends_where_the_deal_does_not(
    landed: Landed, stage: str, label: str, status: str
) -> None:
    said = {"dealname": "One", "dealstage": stage, "pipeline": "default"}
    landed.land("deals", listed(thing(properties=said)))
    landed.land("pipelines", ({}, {"results": [PIPELINE]}))
    assert (landed.deal().stage, landed.deal().status) == (label, status)
    assert landed.findings() == set()


def test_stage_names_its_pipeline_where_there_are_several_as_an_export_does(landed: Landed) -> None:
    landed.land("deals", listed(thing()))
    landed.land("pipelines", ({}, {"results": [PIPELINE, {"id": "2", "label": "Renewals"}]}))
    assert landed.deal().stage == "Signed (Sales Pipeline)"
    archived = {"id": "2", "label": "Renewals", "archived": True}
    landed.land("pipelines", ({}, {"results": [PIPELINE, archived]}))
    assert landed.deal().stage == "Signed"


def test_id_that_nothing_explains_stays_and_is_noted(landed: Landed) -> None:
    landed.land("deals", listed(thing()))
    deal = landed.deal()
    assert (deal.stage, deal.pipeline, deal.owner) == ("closedwon", "default", "61")
    assert deal.status == "won"
    assert landed.findings() == {"id_unresolved"}


def test_owner_without_a_name_is_named_by_the_address(landed: Landed) -> None:
    landed.land("deals", listed(thing()))
    landed.land("owners", ({}, {"results": [{"id": "61", "email": "p@ourco.example"}]}))
    assert landed.deal().owner == "p@ourco.example"


# One answer after another.


def test_later_answer_about_an_object_wins(landed: Landed) -> None:
    landed.land("deals", listed(thing(), thing("502")))
    renamed = thing(properties={**DEAL, "dealname": "Renamed"})
    landed.land("deals", read_by_id(renamed), day=2)
    reading = landed.read()
    assert {read.summary.key: read.summary.title for read in reading.items} == {
        "hubspot:deal:501": "Renamed",
        "hubspot:deal:502": "Harbour",
    }
    assert reading.by_key["hubspot:deal:501"].summary.version[0] == "2024-06-02"
    assert (reading.account.found, reading.account.duplicate) == (3, 1)


def test_associations_stay_until_others_are_told(landed: Landed) -> None:
    landed.land("deals", listed(thing(associations={"companies": inline("7", "8")})))
    landed.land("deals", read_by_id(thing()))
    assert landed.deal().company_ids == ("7", "8")
    landed.land("deals", associated("companies", "501", 10, 9, 8, main=9))
    assert landed.deal().company_ids == ("9", "8", "10")
    landed.land("deals", associated("companies", "501"))
    assert landed.deal().company_ids == ()
    landed.land("deals", listed(thing(associations={"companies": inline("7")})))
    landed.land("deals", listed(thing()))
    assert landed.deal().company_ids == (), "a listing that names none says that there are none"


def test_pages_of_associations_are_one_after_another(landed: Landed) -> None:
    cut = inline("7", paging={"next": {"after": "1"}})
    landed.land("deals", listed(thing(associations={"companies": cut})))
    assert landed.findings() == {"id_unresolved", "associations_cut"}
    landed.land("deals", associated("companies", "501", 7, 8, main=8))
    landed.land("deals", associated("companies", "501", 9, after="2"))
    assert landed.deal().company_ids == ("8", "7", "9")
    assert landed.findings() == {"id_unresolved"}


def test_deleted_object_keeps_what_was_known_of_it(landed: Landed) -> None:
    landed.land("deals", listed(thing(associations={"companies": inline("7")})))
    gone = thing(archived=True, archivedAt="2024-05-01T00:00:00Z")
    landed.land("deals", listed(gone, archived=True), day=3)
    assert (landed.deal().deleted, landed.deal().company_ids) == (True, ("7",))
    assert landed.read().items[0].summary.version == ("2024-06-03", "2024-05-01T00:00:00Z")
    landed.land("deals", listed(thing()), day=4)
    assert not landed.deal().deleted


def test_object_that_there_is_not_any_more_is_deleted(landed: Landed) -> None:
    landed.land("deals", listed(thing()))
    landed.land("deals", read_by_id(missing=("501", "999")), day=3)
    deal = landed.deal()
    assert (deal.deleted, deal.name) == (True, "Harbour")
    assert landed.read().items[0].summary.version == ("2024-06-03", "2024-06-03T08:00:00Z")


def test_answer_about_the_portal_is_no_object(landed: Landed) -> None:
    landed.land("deals", listed(thing()), ({"method": ACCOUNT}, {"portalId": 4711}))
    assert landed.read().account.found == 1


# Damage.


def test_damaged_segment_is_a_problem_and_the_others_are_read(landed: Landed) -> None:
    landed.land("deals", listed(thing()))
    broken = landed.land("deals", listed(thing("502")))
    landed.land("deals", listed(thing("503")))
    broken.write_bytes(broken.read_bytes()[:-9])
    reading = landed.read()
    assert sorted(reading.by_key) == ["hubspot:deal:501", "hubspot:deal:503"]
    (problem,) = reading.problems
    assert (problem.path, problem.reason) == (
        "live/hubspot/deals/00000002.jsonl.zst",
        "damaged",
    )
    assert "--full" in problem.remedy
    assert "answers_lost" in landed.findings()


def test_segment_that_is_missing_is_noted(landed: Landed) -> None:
    landed.land("deals", listed(thing()))
    missing = landed.land("deals", listed(thing()))
    landed.land("deals", listed(thing("503")))
    assert "answers_lost" not in landed.findings()
    missing.unlink()
    assert "answers_lost" in landed.findings()
    (problem,) = landed.read().problems
    assert (problem.path, problem.detail) == (
        "live/hubspot/deals/00000002.jsonl.zst",
        "it is missing",
    )
    assert "--full" in problem.remedy
    landed.land("deals", listed(thing()), number=99_999_998)
    landed.land("deals", listed(thing()), number=99_999_999, cursor={"anew": 99_999_998})
    assert "answers_lost" not in landed.findings(), "all was landed anew since"
    assert landed.read().problems == []


def test_first_fetch_that_has_not_ended_is_noted(landed: Landed) -> None:
    landed.land("deals", listed(thing()), cursor={"pass": {"after": "501"}})
    assert "fetch_unfinished" in landed.findings()
    landed.land("deals", listed(thing()), cursor={"full": "2024-06-01T08:00:00Z"})
    assert "fetch_unfinished" not in landed.findings()


@pytest.mark.parametrize("stream", ["owners", "pipelines"])
def test_damage_to_what_explains_ids_is_said_once(landed: Landed, stream: str) -> None:
    landed.land("deals", listed(thing()))
    landed.land("companies", listed(thing("7", {"name": "A"})))
    landed.land(stream, ({}, [])).write_bytes(b"no segment")
    reading = landed.read()
    assert len(reading.items) == 2
    assert [problem.path for problem in reading.problems] == [
        f"live/hubspot/{stream}/00000001.jsonl.zst"
    ]


@pytest.mark.parametrize("answer", [{"results": 5}, [], {"results": [{"id": {}}], "to": 1}])
def test_answer_of_no_known_form_is_a_problem(landed: Landed, answer: Any) -> None:
    landed.land("owners", ({}, answer))
    landed.land("deals", ({"method": ASSOCIATED, "to": "companies", "inputs": []}, answer))
    landed.land("deals", listed(thing()))
    reading = landed.read()
    assert len(reading.items) == 1
    assert {problem.reason for problem in reading.problems} == {"unknown_answer"}


@pytest.mark.parametrize("wrong", ["", "x1", None, 7, {"a": 1}])
def test_object_without_an_id_is_quarantined_and_the_others_are_read(
    landed: Landed, wrong: Any
) -> None:
    landed.land("deals", listed(thing(), {**thing(), "id": wrong}))
    reading = landed.read()
    assert (reading.account.accepted, reading.account.quarantined) == (1, 1)
    (problem,) = reading.problems
    assert (problem.reason, problem.found) == ("unknown_answer", 1)
    assert problem.detail.startswith("line 2: ")


def test_stream_of_a_later_version_is_passed_over(landed: Landed) -> None:
    landed.land("tickets", listed(thing()))
    (ignored,) = landed.read().ignored
    assert ignored.path == "live/hubspot/tickets/"


def test_values_that_are_no_text_are_read_as_text(landed: Landed) -> None:
    said = {**DEAL, "amount": 12.5, "hs_is_closed_won": True, "dealname": 7, "description": None}
    landed.land("deals", listed(thing(properties=said)))
    deal = landed.deal()
    assert (deal.amount, deal.status, deal.name, deal.description) == ("12.5", "won", "7", None)


# Counting.


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        ({"results": []}, 0),
        ({"results": [thing(), thing("502")]}, 2),
        ({"results": [thing(properties={"dealname": '"properties":{ \\"properties":{'})]}, 1),
        ({"results": [thing(properties={"results": [1, 2], "x": {"results": [{}, {}]}})]}, 1),
        ({"results": [{}, {"a": []}, [[], []], "a,b", None]}, 5),
        ({"total": 3, "paging": {"results": [{}]}, "errors": [{}, {}], "results": [{}]}, 1),
        ({"portalId": 4711}, 0),
        ([{}, {}], 0),
    ],
)
def test_objects_are_counted_by_their_bytes(answer: Any, count: int) -> None:
    assert count_objects(orjson.dumps(answer)) == count
    assert count_objects(orjson.dumps(answer, option=orjson.OPT_INDENT_2)) == count


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
FIELDS = st.sampled_from(
    [*thing(), *DEAL, "associations", "hs_merged_object_ids", "hs_object_id", "archivedAt"]
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(FIELDS, JSON)
def test_anything_in_a_field_is_accounted_for_and_costs_its_own_object_at_most(
    tmp_path_factory: pytest.TempPathFactory, field: str, value: Any
) -> None:
    landed = Landed(tmp_path_factory.mktemp("any"))
    odd = thing("502")
    if field in odd or field in {"associations", "archivedAt"}:
        odd[field] = value
    else:
        odd["properties"] = {**DEAL, field: value}
    landed.land("deals", listed(thing(), odd, thing("503")))
    keys = [read.summary.key for read in landed.read().items]
    assert keys[0] == "hubspot:deal:501"
    assert keys[-1] == "hubspot:deal:503"


def test_every_stream_of_a_copied_folder_is_read(landed: Landed, tmp_path: Path) -> None:
    landed.land("deals", listed(thing()))
    (tmp_path / "backup").mkdir()
    (tmp_path / "live").rename(tmp_path / "backup" / "live")
    assert landed.read().items[0].summary.archive == "backup/live/hubspot/deals"


def test_what_a_killed_fetch_left_is_passed_over(landed: Landed) -> None:
    path = landed.land("deals", listed(thing()))
    path.with_name(".00000002.jsonl.zst.x.tmp").write_bytes(b"half")
    reading = landed.read()
    assert len(reading.items) == 1
    assert len(reading.ignored) == 1
