"""``company_mapping.csv``: read, linted, and taken apart into claims."""
