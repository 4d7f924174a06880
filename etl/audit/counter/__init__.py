"""Counts what export archives hold, from their bytes. Stands by itself.

Nothing here but Python's standard library, and nothing that any reader of this project shares:
it is what they are audited against. It finds ids, times and authors by the plainest means that
work, and reads nothing else; what it cannot count, it says. A file for each kind of archive, to be
read one by one. ``python -m etl.audit.counter FOLDER_OR_ZIP...`` prints what every file holds.
"""
