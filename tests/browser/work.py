"""More work for the tests that use it up, whatever other tests have closed."""

from datetime import timedelta
from uuid import uuid4

from tests.browser.server import Served

OPEN = """mutation ($input: OpenCtaInput!) { openCta(input: $input) { __typename ... on Problem { message } } }"""


def open_work(site: Served, title: str, *, kind: str = "RISK") -> None:
    """Open a CTA of the account, about a risk unless told otherwise, which is due in three days."""
    key = str(uuid4())
    wish = {"accountId": site.account, "title": title, "type": kind, "reason": "churn", "priority": "HIGH"}
    due = (site.world.clock() + timedelta(days=3)).isoformat()
    given = {**wish, "owner": "ada", "identity": key, "idempotencyKey": key, "dueAt": due}
    assert site.ask(OPEN, input=given)["openCta"] == {"__typename": "CtaChanged"}
