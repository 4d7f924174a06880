"""Whose an item is, and why: a ladder of rungs, the first that answers wins."""
