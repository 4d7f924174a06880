"""The door: ``python run_etl.py`` reads the archives in ``data/`` and writes the output."""

import signal
import sys

if __name__ == "__main__":
    # While there is nothing to be kept, Ctrl-C ends it without a word, as SIGTERM does.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    from etl.cli import main

    sys.exit(main())
