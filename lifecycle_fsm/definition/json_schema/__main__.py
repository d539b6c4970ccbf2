"""`python -m lifecycle_fsm.definition.json_schema > fixtures/schema/lifecycle.v1.schema.json`."""

import sys

from lifecycle_fsm.definition.json_schema.document import schema_text

sys.stdout.write(schema_text())
