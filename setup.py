"""Compiles what reads Telegram pages; `make native` calls it.

Nothing is installed, and nothing needs it: without, the same modules run as Python. Two kinds of
things are compiled: the innermost loops, which are C (`sources/telegram/fast.py` says what they
do), and the modules through which every page goes, which mypyc makes C of as they are.
"""

import os
import shutil
import sys
from pathlib import Path
from runpy import run_path

from mypyc.build import mypycify
from setuptools import Extension, setup

PACKAGE = Path("sources/telegram")
WORK = Path("build/compiled")
# Those in which a page's reading spends its time. Not among them: what goes down into a page's
# elements as deep as they are (compiled code has no limit of recursion, but its stack has an end).
MODULES = (
    *("blocks", "chat", "clock", "count", "elements", "escaped", "findings", "grammar", "head"),
    *("identity", "inline", "likeness", "media", "message", "page", "page_files", "parsed"),
    *("service", "weaving"),
)

built = run_path(str(PACKAGE / "built.py"))
target = Path(built["folder"]())
loops = Extension(
    "sources.telegram._native",
    sources=sorted(map(str, PACKAGE.glob("native/*.c"))),
    depends=sorted(map(str, PACKAGE.glob("native/*.h"))),
)
modules = mypycify(
    [str(PACKAGE / f"{name}.py") for name in MODULES],
    group_name=built["GROUP"],
    target_dir=str(WORK / "c"),
    debug_level="0",
)
shutil.rmtree(WORK / "made", ignore_errors=True)
where = ["--build-lib", str(WORK / "made"), "--build-temp", str(WORK / "objects")]
setup(packages=[], ext_modules=[loops, *modules], script_args=["--quiet", "build_ext", *where])
# Whole or absent: what is cut short on its way would end the process that loads it.
shutil.rmtree(target.parent, ignore_errors=True)
target.parent.mkdir()
getattr(os, "sync", lambda: None)()
(WORK / "made" / PACKAGE).rename(target)
sys.stdout.write(f"{len(MODULES)} modules and three loops are compiled\n")
