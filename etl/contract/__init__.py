"""The published contract of the output: its models, its schema, its validation.

Nothing here is imported by a run: `validate`, `load` and the schema use it.
"""
