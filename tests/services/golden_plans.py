"""
The plans under fixtures/plans: one portfolio, one kind of change for each folder.

`python -m tests.services.golden_plans` writes them anew; read the difference before you keep it.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import yaml

from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.services.planning.content import Existing, Options
from lifecycle_fsm.services.planning.plan import Plan, plan
from lifecycle_fsm.services.planning.text import plan_text, sample_names
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.store.migrate import upgrade
from tests.builders import MONDAY
from tests.worlds import ADMIN, FIXTURES, Stage, a_stage, definitions

PLANS = FIXTURES / "plans"
KINDS = tuple(sorted(path.parent.name for path in PLANS.glob("*/change.yaml")))

PORTFOLIO: tuple[tuple[str, int | None, str | None, int, int | None, float | None, float | None, int], ...] = (
    # name, ARR, stage, days in it, set-up, logins, active users, days until the renewal
    ("Alder", 20_000, "onboarding", 45, 70, 12, 0.4, 200),
    ("Birch", 30_000, "onboarding", 20, 50, None, None, 250),
    ("Cedar", 40_000, "onboarding", 5, None, None, None, 300),
    ("Dogwood", 50_000, "adoption", 100, 100, 50, 0.7, 200),
    ("Elm", 25_000, "adoption", 80, 100, 20, 0.35, 100),
    ("Fir", 15_000, "adoption", 60, 100, 14, 0.25, 80),
    ("Gum", 35_000, "adoption", 40, 100, 30, 0.05, 300),
    ("Hazel", 45_000, "renewal", 20, 100, 45, 0.5, 50),
    ("Ivy", 12_000, "renewal", 10, 100, 6, 0.15, 30),
    ("Juniper", 18_000, "at_risk", 12, 100, 16, 0.22, 150),
    ("Kapok", 22_000, "churned", 90, 100, None, None, 10),
    ("Larch", 3_000, "onboarding", 15, 20, None, None, 300),
    ("Maple", 9_000, "adoption", 70, 100, 25, 0.5, 170),
    ("Nutmeg", 8_000, "onboarding", 30, 40, None, None, 320),
    ("Oak", None, None, 0, 90, None, None, 100),
)


@contextmanager
def portfolio(url: str, at: datetime = MONDAY) -> Iterator[Stage]:
    """Open a world with the portfolio as it stands at an instant."""
    with a_stage(url, "plans/base") as stage:
        stage.clock.at = at
        for name, arr, place, days, setup, logins, active, renewal in PORTFOLIO:
            facts: dict[str, Outside] = {
                "account.arr": arr,
                "account.status": "churned" if place == "churned" else "active",
                "account.renewal_on": (stage.clock() + timedelta(days=renewal)).date().isoformat(),
            }
            measures: dict[str, Outside] = {
                "setup_completion": setup,
                "usage.logins_30d": logins,
                "usage.wau_ratio": active,
            }
            stage.register(
                AccountRow(
                    name.lower(),
                    name,
                    "ada",
                    facts={key: value for key, value in facts.items() if value is not None},
                    measures={key: value for key, value in measures.items() if value is not None},
                    stage=place,
                    entered_at=stage.clock() - timedelta(days=days),
                )
            )
        yield stage


def planned(stage: Stage, kind: str) -> Plan:
    """Plan the change of a folder."""
    change = yaml.safe_load((PLANS / kind / "change.yaml").read_text())
    files = {name: content.decode() for name, content in definitions("plans/base").items()}
    for edit in change["edits"]:
        assert edit["replace"] in files[edit["file"]], edit
        files[edit["file"]] = files[edit["file"]].replace(edit["replace"], edit["by"])
    options = Options(Existing(change["existing"]), change.get("map", {}))
    made = plan(stage.world, ADMIN, {name: text.encode() for name, text in files.items()}, options)
    assert isinstance(made, Plan), made
    return made


def as_text(stage: Stage, made: Plan) -> str:
    """The plan for people."""
    return plan_text(made.digest, made.content, sample_names(stage.world, ADMIN, made.content))


def as_json(made: Plan) -> bytes:
    """The plan for scripts."""
    return orjson.dumps(made.content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def write_all() -> None:
    """Write every golden plan anew."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'plans.sqlite'}"
        upgrade(url)
        with portfolio(url) as stage:
            for kind in KINDS:
                made = planned(stage, kind)
                (PLANS / kind / "plan.txt").write_text(as_text(stage, made))
                (PLANS / kind / "plan.json").write_bytes(as_json(made))


if __name__ == "__main__":
    write_all()
