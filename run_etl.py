"""The door: ``python run_etl.py`` reads the archives in ``data/`` and writes the output."""

import gc
import signal
import sys

if __name__ == "__main__":
    # While there is nothing to be kept, Ctrl-C ends it without a word, as SIGTERM does.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    gc.disable()  # no cycles among what is imported; a command looks for its own

    from etl.cli import main

    sys.exit(main())
