"""Names and domains as people write them, made comparable."""

from etl.names import built

built.prefer_compiled(__path__, "names")
