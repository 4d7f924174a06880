"""Whose an item is, and why: a ladder of rungs, the first that answers wins."""

from etl.names import built

built.prefer_compiled(__path__, "matching")
