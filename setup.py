"""Compiles what reads Telegram pages and what matches; `make native` calls it.

Nothing is installed, and nothing needs it: without, the same modules run as Python. Two kinds of
things are compiled: the reader's innermost loops, which are C (`sources/telegram/fast.py` says
what they do), and modules through which every page goes, or every title, which mypyc makes C of as
they are.
"""

import os
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from runpy import run_path

from mypyc.build import mypycify
from setuptools import Extension, setup

WORK = Path("build/compiled")
READER = Path("sources/telegram")
# Through these every page goes.
READING = (
    *("blocks", "chat", "clock", "contained", "count", "elements", "escaped", "findings"),
    *("grammar", "head", "identity", "inline", "likeness", "markup", "media", "message"),
    *("owner", "page", "page_files", "parsed", "reactions", "service", "weaving"),
)
ETL = Path("etl")
# Those in which a title's matching spends its time. Not among them: modules with a class of
# msgspec's, of which mypyc makes another one.
MATCHING = (
    *("names/domains", "names/generic_words", "names/legal_forms", "names/letters"),
    *("names/lookalikes", "names/normalise", "names/sounds", "names/words"),
    *("mapping/cells", "mapping/claims", "mapping/lint", "mapping/read"),
    *("matching/company_index", "matching/evidence", "matching/learning"),
    *("matching/learning_others", "matching/learning_people", "matching/learnt"),
    *("matching/mentions", "matching/met", "matching/overrides", "matching/people"),
    *("matching/pieces", "matching/readings", "matching/record_shapes", "matching/rungs"),
    *("matching/segments", "matching/settling", "matching/title", "matching/title_rungs"),
    *("matching/title_text", "matching/typos", "matching/written"),
)


def compile_group(home: Path, inside: Path, modules: list[Path], loops: list[Extension]) -> None:
    """Make the modules of a group, all of them inside one package, and move them to its home,
    unless they are there.
    """
    built = run_path(str(home / "built.py"))
    target = Path(built["folder"]())
    if target.is_dir():
        return
    made = WORK / home.name / "made"
    os.environ["MYPY_CACHE_DIR"] = str(WORK / home.name / "cache")  # none may be shared
    compiled = mypycify(
        [f"{module}.py" for module in modules],
        group_name=built["GROUP"],
        target_dir=str(WORK / home.name / "c"),
        debug_level="0",
    )
    shutil.rmtree(made, ignore_errors=True)
    where = ["--build-lib", str(made), "--build-temp", str(WORK / home.name / "objects")]
    asked = ["--quiet", "build_ext", *where]
    setup(packages=[], ext_modules=[*loops, *compiled], script_args=asked)
    # Whole or absent: what is cut short on its way would end the process that loads it.
    shutil.rmtree(target.parent, ignore_errors=True)
    target.parent.mkdir()
    getattr(os, "sync", lambda: None)()
    (made / inside).rename(target)
    sys.stdout.write(f"{home}: {len(modules) + len(loops)} modules are compiled\n")


if __name__ == "__main__":
    native = Extension(
        "sources.telegram._native",
        sources=sorted(map(str, READER.glob("native/*.c"))),
        depends=sorted(map(str, READER.glob("native/*.h"))),
    )
    reading, matching = ([READER / name for name in READING], [ETL / name for name in MATCHING])
    # Side by side: each is one large file to the C compiler.
    with ProcessPoolExecutor(2) as processes:
        groups = [
            processes.submit(compile_group, READER, READER, reading, [native]),
            processes.submit(compile_group, ETL / "names", ETL, matching, []),
        ]
    for group in groups:
        group.result()
