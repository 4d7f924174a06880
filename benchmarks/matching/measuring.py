"""``python -m benchmarks matching``: our own labelled records, matched and scored."""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from benchmarks.matching.generating import Generator
from benchmarks.matching.records import Labelled, Records
from benchmarks.matching.scoring import Score, scores
from benchmarks.matching.vocabulary import SETS, Vocabulary

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


def match(folder: Path, words: Vocabulary) -> tuple[dict[str, frozenset[str]], float]:
    """The answers of the command line, and the seconds of processor they took."""
    names = [part for name in words.our_names for part in ("--our-name", name)]
    command = [
        *(sys.executable, "run_etl.py", "match", "--records", str(folder / "records.jsonl")),
        *("--mapping", str(folder / "mapping.csv"), *names, "--our-domain", words.our_domain),
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with (folder / "mapping.csv").open(encoding="utf-8") as file:
        base = {row["variant_name"]: row["base_company"] for row in csv.DictReader(file)}
    return {
        answer["id"]: frozenset(base.get(name, name) for name in answer["companies"])
        for answer in map(json.loads, done.stdout.splitlines())
    }, seconds


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
    started = time.perf_counter()
    answers, seconds = match(folder, SETS[which])
    elapsed = time.perf_counter() - started
    print("\n".join(table(scores(labelled, answers))))
    print(f"{count} records, {companies} companies: {seconds:.1f} s of processor, {elapsed:.1f} s")
    wrong = [each for each in labelled if answers[each.record["id"]] not in each.accept]
    for each in wrong[:errors]:
        got = sorted(answers[each.record["id"]])
        print(each.kind, each.noise, got, [sorted(a) for a in each.accept], each.record)
