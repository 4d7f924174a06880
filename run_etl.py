"""The door: ``python run_etl.py`` reads the archives in ``data/`` and writes the output."""

import sys

from etl.cli import main

if __name__ == "__main__":
    sys.exit(main())
