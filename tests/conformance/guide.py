"""The operations of the guide, as clients send them to the store of the API's tests."""

import re
from pathlib import Path
from typing import Any

from api.ids import global_id
from lifecycle_fsm.domain.facts import account_id_for
from tests.api.definitions import FILES

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
FOLDER = [{"name": name, "content": text.decode()} for name, text in FILES.items()]
ACME = global_id("Account", account_id_for("ACME"))

VARIABLES: dict[str, dict[str, Any]] = {
    "Page": {"key": "ACME"},
    "Fire": {"input": {"accountId": ACME, "trigger": "advance", "idempotencyKey": "guide"}},
    "Board": {},
    "Priced": {"first": 50},
    "Follow": {"after": "CURSOR"},
    "Check": {"files": FOLDER},
    "Plan": {"input": {"files": FOLDER}},
    "Replay": {
        "files": FOLDER,
        "period": {"from": "2026-02-01T00:00:00Z", "to": "2026-03-01T00:00:00Z", "step": "P7D"},
    },
    "Issue": {"input": {"name": "guide", "roles": ["CSM"], "portfolio": {"csm": "ada"}}},
}


def operations(cursor: str) -> list[dict[str, Any]]:
    """Every operation of the guide with its variables; a subscription begins after the cursor."""
    texts = re.findall(r"```graphql\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    named = {match[1]: text for text in texts if (match := re.match(r"\w+ (\w+)", text))}
    missing = named.keys() - VARIABLES.keys()
    assert missing == set(), f"tell tests/conformance/guide.py what the guide's {missing} are given"
    return [
        {"query": text, "variables": {**VARIABLES[name], **({"after": cursor} if name == "Follow" else {})}}
        for name, text in named.items()
    ]
