"""``python -m etl.contract`` prints the contract as JSON Schema."""

from __future__ import annotations

import json
import sys

from etl.contract.document import schema

sys.stdout.write(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
