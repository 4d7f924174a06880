"""Checks an output file against the contract, whatever its size.

The shape comes from `etl.contract.document`; the facts that no schema can state (counts, order,
the hash, balanced accounts) are checked beside it. One message or one item's head is in
memory at a time.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import ijson
from pydantic import ValidationError

from etl.contract.content_hash import content_sha256
from etl.contract.document import (
    Company,
    CompanyInfo,
    Metadata,
    Output,
    Review,
    Statistics,
    Unmatched,
)
from etl.contract.facts import Facts
from etl.contract.items import Item, MatchedDeal
from etl.contract.json_events import Fault, Faults, JsonWalk, member
from etl.contract.records import Chat, Message, Model
from sources.records import CONVERSATION_KINDS, KINDS, Kind

AnyModel = TypeVar("AnyModel", bound=Model)


@dataclass(frozen=True)
class ValidationReport:
    """What was found out about a file. ``errors`` holds the first of ``error_count``.

    ``items`` counts distinct items by kind, ``messages`` those that stand in the file.
    """

    path: str
    size: int
    errors: list[Fault]
    error_count: int
    companies: int
    items: dict[Kind, int]
    messages: int
    content_sha256: str | None

    @property
    def ok(self) -> bool:
        """Whether the file keeps the contract."""
        return self.error_count == 0


def validate_file(path: str | Path, *, limit: int = 100) -> ValidationReport:
    """Check a whole output; never raises for anything a file may hold or lack."""
    faults = Faults(limit)
    check = _Check(faults)
    size, digest = 0, None
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            check.run(JsonWalk(file, faults))
            if check.parsed:
                digest = content_sha256(file)
                check.compare(digest)
    except OSError as error:
        faults.add("$", f"cannot be read: {error.strerror or error}. {_remedy(error)}")
    facts = check.facts
    return ValidationReport(
        path=str(path),
        size=size,
        errors=faults.kept,
        error_count=faults.count,
        companies=len(facts.coverage),
        items={k: len(facts.matched[k]) + len(facts.elsewhere[k]) for k in KINDS},
        messages=facts.messages,
        content_sha256=digest,
    )


def _remedy(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "Give the path of an output; a run writes output/etl_output.json by default."
    if isinstance(error, PermissionError):
        return "Make it readable for the user who runs this."
    return "Give the path of a readable file."


def _model_of(place: type[Model], kind: Kind) -> type[Item]:
    """The model of the items in one of a place's arrays."""
    return cast("type[Item]", get_args(place.model_fields[kind].annotation)[0])


class _Check:
    """One walk through one file."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self.facts = Facts(faults)
        self.parsed = False
        self._metadata: Metadata | None = None
        self._statistics: Statistics | None = None

    def run(self, walk: JsonWalk) -> None:
        """Check everything that can be checked while the file goes by."""
        self._walk = walk
        try:
            if walk.enter("$", "map"):
                self._top_level()
                self.parsed = True
            walk.finish()
        except ijson.JSONError as error:
            self.parsed = False
            self._faults.add(walk.at, _not_json(error))

    def compare(self, digest: str | None) -> None:
        """Check what can only be known at the end."""
        self.facts.compare(self._metadata, self._statistics)
        if digest is None:
            self._faults.add("$", 'the key "statistics" must follow metadata')
        elif self._metadata is not None and self._metadata.content_sha256 != digest:
            self._faults.add(
                "$.metadata.content_sha256",
                f"is not that of the content, which is {digest}: the file was changed after it "
                "was written. Run again.",
            )

    def _top_level(self) -> None:
        keys: list[str] = []
        for key in self._walk.members("$"):
            keys.append(key)
            path = member("$", key)
            if key == "companies":
                self._companies(path)
            elif key == "review":
                self._place(Review, path)
            elif key == "unmatched":
                self._place(Unmatched, path)
            elif key == "metadata":
                self._metadata = self._valid(Metadata, self._walk.value(path), path)
            elif key == "statistics":
                self._statistics = self._valid(Statistics, self._walk.value(path), path)
            else:
                self._walk.value(path)
        expected = list(Output.model_fields)
        if keys != expected:
            self._faults.add("$", f"must have the keys {', '.join(expected)}, in this order")

    def _valid(self, model: type[AnyModel], value: Any, path: str) -> AnyModel | None:
        """The value as an object of its model, or its faults and ``None``."""
        try:
            return model.model_validate(value)
        except ValidationError as error:
            # Neither the input nor the context: they hold people's words.
            for fault in error.errors(include_url=False, include_input=False):
                self._faults.add(path + _steps(fault["loc"]), fault["msg"])
            return None

    def _companies(self, path: str) -> None:
        if not self._walk.enter(path, "map"):
            return
        for company in self._walk.members(path):
            self.facts.company(company)
            self._place(Company, member(path, company), company)

    def _place(self, model: type[Model], path: str, company: str = "") -> None:
        """One company, ``review`` or ``unmatched``: an array of items for each kind."""
        if not self._walk.enter(path, "map"):
            return
        missing = dict.fromkeys(model.model_fields)
        for key in self._walk.members(path):
            here = member(path, key)
            if key not in model.model_fields:
                self._faults.add(here, "Extra inputs are not permitted")
                self._walk.value(here)
            elif key == "company_info":
                self._valid(CompanyInfo, self._walk.value(here), here)
            else:
                self._array(_model_of(model, cast("Kind", key)), cast("Kind", key), here, company)
            missing.pop(key, None)
        for key in missing:
            self._faults.add(member(path, key), "Field required")

    def _array(self, model: type[Item], kind: Kind, path: str, company: str) -> None:
        if not self._walk.enter(path, "array"):
            return
        last = ""
        for here in self._walk.elements(path):
            head, written = self._head(here, kind)
            if head is None:
                continue
            item = self._valid(model, head, here)
            key = head.get("key")
            if isinstance(key, str):
                if key <= last:
                    self._faults.add(f"{here}.key", "must be greater than the key before it")
                last = key
                self._note(item, head, kind, here, company)
            self.facts.all_valid &= item is not None
            if isinstance(item, Chat) and written is not None:
                self._same_counts(item, written, here)

    def _note(
        self, item: Item | None, head: dict[str, Any], kind: Kind, path: str, company: str
    ) -> None:
        """Hand an item to the facts."""
        key = head["key"]
        if path.startswith("$.companies"):
            first = self.facts.under(company, kind, key, head.get("shared_with", []))
            if isinstance(item, MatchedDeal):
                self.facts.deal(company, item)
        else:
            first = self.facts.beside(path[2:].partition(".")[0], kind, key, path)
        if first and item is not None:
            self.facts.findings(item)

    def _head(self, path: str, kind: Kind) -> tuple[dict[str, Any] | None, list[int] | None]:
        """An item without its messages, which are checked as they go by; and how many
        regular and service messages there were, or ``None`` when it has no such array.
        """
        if not self._walk.enter(path, "map"):
            self.facts.all_valid = False
            return None, None
        head: dict[str, Any] = {}
        written = None
        for key in self._walk.members(path):
            here = member(path, key)
            if key == "messages" and kind in CONVERSATION_KINDS:
                written = self._messages(here)
                head[key] = []
            else:
                head[key] = self._walk.value(here)
        return head, written

    def _messages(self, path: str) -> list[int] | None:
        if not self._walk.enter(path, "array"):
            return None
        written = [0, 0]
        for here in self._walk.elements(path):
            value = self._walk.value(here)
            self._valid(Message, value, here)
            written[isinstance(value, dict) and value.get("is_service") is True] += 1
        self.facts.messages += sum(written)
        return written

    def _same_counts(self, chat: Chat, written: list[int], path: str) -> None:
        for name, counted in zip(
            ("regular_message_count", "service_message_count"), written, strict=True
        ):
            said = getattr(chat, name)
            if said != counted:
                self._faults.add(f"{path}.{name}", f"says {said}, but {counted} are there")


def _steps(location: tuple[int | str, ...]) -> str:
    """The steps of a Pydantic location, as the rest of a JSON path."""
    return "".join(_step(step) for step in location)


def _step(step: int | str) -> str:
    return f"[{step}]" if isinstance(step, int) else member("", step)


def _not_json(error: ijson.JSONError) -> str:
    """What the parser says, without the passage it quotes."""
    said = re.search(r"(?:lexical|parse) error: ([^\n\\]*)", str(error))
    what = said.group(1).strip() if said else "not JSON"
    if "EOF" in what:
        return "the file ends here, in the middle: it was cut short. Run again, or restore it."
    return (
        f"not JSON from here on ({what}): not an output, or cut short or changed after it was "
        "written. Give the path of an output, or run again."
    )
