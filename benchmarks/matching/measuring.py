"""``python -m benchmarks matching``: our own labelled records, matched and scored."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from benchmarks.matching.generating import Generator
from benchmarks.matching.records import Labelled, Records
from benchmarks.matching.scoring import Score, scores
from benchmarks.matching.vocabulary import SETS, Vocabulary
from benchmarks.measuring import Cost, run

_SEEDS = {"tuning": 20260101, "final": 7}


def write(folder: Path, which: str, count: int, companies: int, seed: int = 0) -> list[Labelled]:
    """Make a set and write it there, in the shapes that ``match`` reads."""
    made = Generator(SETS[which], seed or _SEEDS[which], companies)
    labelled = list(Records(made).labelled(count))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "mapping.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(made.mapping())
    with (folder / "records.jsonl").open("w", encoding="utf-8") as file:
        for each in labelled:
            file.write(json.dumps(each.record, ensure_ascii=False) + "\n")
    return labelled


def match(folder: Path, words: Vocabulary) -> tuple[dict[str, frozenset[str]], Cost]:
    """The answers of the command line, and what they cost."""
    names = [part for name in words.our_names for part in ("--our-name", name)]
    places = ("--records", folder / "records.jsonl", "--mapping", folder / "mapping.csv")
    cost = run("run_etl.py", "match", *places, *names, "--our-domain", words.our_domain)
    with (folder / "mapping.csv").open(encoding="utf-8") as file:
        base = {row["variant_name"]: row["base_company"] for row in csv.DictReader(file)}
    return {
        answer["id"]: frozenset(base.get(name, name) for name in answer["companies"])
        for answer in map(json.loads, cost.printed.strip().split("\n"))
    }, cost


def table(found: dict[str, Score]) -> Iterable[str]:
    """The scores, a line each."""
    yield f"{'':24}{'records':>8}{'P':>8}{'R':>8}{'F1':>8}{'FP of none':>12}"
    for group in sorted(found, key=lambda group: (" " in group, group)):
        s = found[group]
        figures = f"{s.precision:8.4f}{s.recall:8.4f}{s.f1:8.4f}{s.false_positives:12.4f}"
        yield f"{group:24}{s.records:8}{figures}"


def main(folder: Path, which: str, count: int, companies: int, seed: int, errors: int) -> None:
    """Measure one set and print what came out."""
    labelled = write(folder, which, count, companies, seed)
    answers, cost = match(folder, SETS[which])
    print("\n".join(table(scores(labelled, answers))))
    print(
        f"{count} records, {companies} companies: {cost.cpu:.1f} s of processor,"
        f" {cost.wall:.1f} s, at most {cost.peak_mb:.0f} MB"
    )
    wrong = [each for each in labelled if answers[each.record["id"]] not in each.accept]
    for each in wrong[:errors]:
        got = sorted(answers[each.record["id"]])
        print(each.kind, each.noise, got, [sorted(a) for a in each.accept], each.record)
