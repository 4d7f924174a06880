"""Compiles the innermost loops of the Telegram reader; `make native` calls it.

Nothing is installed, and nothing needs it: see `sources/telegram/fast.py`.
"""

from pathlib import Path
from runpy import run_path

from setuptools import Extension, setup

NATIVE = Path("sources/telegram/native")
BUILT = run_path("sources/telegram/built.py")

setup(
    packages=[],
    ext_modules=[
        Extension(
            "sources.telegram._native",
            sources=sorted(map(str, NATIVE.glob("*.c"))),
            depends=sorted(map(str, NATIVE.glob("*.h"))),
            define_macros=[("FINGERPRINT", str(BUILT["fingerprint"]()))],
        )
    ],
)
