"""The run: from archives to one matched, accounted-for output."""

import logging

__version__ = "0.1.0"

# Who imports this decides where its log goes; until then, nowhere.
logging.getLogger("etl").addHandler(logging.NullHandler())
