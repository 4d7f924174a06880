"""Names and domains as people write them, made comparable."""
