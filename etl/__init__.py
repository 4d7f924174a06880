"""The run: from archives to one matched, accounted-for output."""
