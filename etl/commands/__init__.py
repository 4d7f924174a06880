"""One module a command, each with ``run(asked, settings) -> exit status``; `etl.cli` says what
each takes and imports the one that was asked for.
"""
