"""What most people would write: a loop over the vendor's format with the usual library.

Each module has a ``read`` that yields heads with their messages, the same fields as ours, and
shares nothing with the project's own readers.
"""
