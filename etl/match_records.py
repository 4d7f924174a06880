"""``match --records``: one JSON line per record of a file, learning from the file first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from etl.exits import Malformed, NoInput
from etl.logs import one_line_of_json
from etl.mapping.read import Mapping, load_mapping
from etl.matching import record_shapes
from etl.matching.company_index import build_index
from etl.matching.matcher import Matcher
from etl.settings import Settings
from sources.records import Summary

_REMEMBERED = 150_000
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder().encode


def answers(path: Path, settings: Settings) -> Iterator[str]:
    """The answer to each record of the file, in its order, as a line of JSON."""
    names, domains = settings.our_names, settings.our_domains
    index = build_index(_mapping(settings), names, domains)
    matcher = Matcher(
        *(index, names, domains, lambda _: None),
        min_score=settings.min_score,
        remembered=_REMEMBERED,
    )
    learner = matcher.learner()
    for record, item in _records(path):
        learner.add(item, record_shapes.people(record))
    matcher = matcher.knowing(learner.learnt())
    for record, item in _records(path):
        decision = matcher.match(item, record_shapes.people(record))
        yield one_line_of_json(_encode(record_shapes.answer(record, decision)).decode())


def _mapping(settings: Settings) -> Mapping:
    try:
        return load_mapping(settings.mapping, our_domains=settings.our_domains)
    except FileNotFoundError as error:
        raise NoInput(f"{settings.mapping}: no such file; give --mapping") from error


def _records(path: Path) -> Iterator[tuple[dict[str, Any], Summary]]:
    """The records of the file, read anew each time: none is held."""
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise NoInput(f"{path}: no such file; give --records a file of JSON lines") from error
    with file:
        for number, line in enumerate(file, 1):
            if line.isspace():
                continue
            try:
                record = _decode(line)
                item = record_shapes.as_item(record)
            except msgspec.DecodeError as error:
                said = f"{path}, line {number}: one JSON object per line is wanted ({error})"
                raise Malformed(said) from error
            except ValueError as error:
                raise Malformed(f"{path}, line {number}: {error}") from error
            yield record, item
