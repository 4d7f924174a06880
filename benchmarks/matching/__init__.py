"""Labelled records of our own making, to measure matching by."""
