"""The run: from archives to one matched, accounted-for output."""

__version__ = "0.1.0"
