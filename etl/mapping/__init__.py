"""``company_mapping.csv``: read, linted, and taken apart into claims."""

from etl.names import built

built.prefer_compiled(__path__, "mapping")
