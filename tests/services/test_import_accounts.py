"""Accounts arrive in a file: all that is good is written once, all that is bad is said with its line and column."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO

import pytest

from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.errors import Forbidden, InvalidInput, MachineNotFound, StoreFailed
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.importing.accounts import ImportAccounts, import_accounts
from lifecycle_fsm.services.importing.outcomes import ImportCounts, Imported, MapRefused, Problem, RejectedRow
from lifecycle_fsm.store.accounts import count_accounts
from lifecycle_fsm.store.series import fact_series
from tests.builders import MONDAY, day
from tests.worlds import ADMIN, FEED, VIEWER, Stage, a_stage

MAP = """\
schema: lifecycle/import/v1
account: {key: Id, name: Name, csm: Owner, attributes: {country: Country}}
measures:
  tenure: Months
  charges.total: {column: Total}
facts:
  contract: {column: Contract, values: {Monthly: month_to_month, Yearly: one_year}}
"""
HEADER = "Id,Name,Owner,Country,Months,Total,Contract\n"
ACME = "A-1,Acme,ada,DE,30,1200.5,Yearly\n"
BOLT = "B-2,Bolt,,,1,,Monthly\n"


@dataclass(slots=True)
class Heard:
    """Keeps what an import says on its way."""

    rows: list[RejectedRow] = field(default_factory=list)
    counts: list[ImportCounts] = field(default_factory=list)
    header: Sequence[str] = ()
    size: int = 0

    def begun(self, header: Sequence[str], size: int) -> None:
        self.header, self.size = header, size

    def rejected(self, row: RejectedRow) -> None:
        self.rows.append(row)

    def went_on(self, counts: ImportCounts) -> None:
        self.counts.append(counts)


@dataclass(slots=True)
class Interrupting(Heard):
    """Takes a table away after two batches, as a database that fails in the middle of the third."""

    stage: Stage = field(kw_only=True)

    def went_on(self, counts: ImportCounts) -> None:
        Heard.went_on(self, counts)
        if len(self.counts) == 2:
            with self.stage.world.database.writing() as connection:
                connection.exec_driver_sql("ALTER TABLE fact_history RENAME TO elsewhere")


@pytest.fixture
def telco(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url, "telco") as stage:
        yield stage


def an_import(rows: str, **changes: object) -> ImportAccounts:
    wanted = ImportAccounts("accounts.csv", BytesIO(f"{HEADER}{rows}".encode()), "map.yaml", MAP.encode(), MONDAY)
    return replace(wanted, **changes)  # type: ignore[arg-type] # names of fields, checked by the constructor


def run(stage: Stage, wanted: ImportAccounts, heard: Heard | None = None) -> ImportCounts:
    outcome = import_accounts(stage.world, FEED, wanted, heard or Heard())
    assert isinstance(outcome, Imported)
    return outcome.counts


def test_creates_accounts_with_what_the_file_says_about_them(telco: Stage) -> None:
    counts = run(telco, an_import(ACME + BOLT))

    acme, bolt = (telco.see(account_id_for(key)) for key in ("A-1", "B-2"))
    assert counts == ImportCounts(created=2)
    assert (acme.profile.name, acme.profile.attributes, acme.lifecycle.csm) == ("Acme", {"country": "DE"}, "ada")
    assert acme.facts.values["measure.charges.total"] == 1200.5
    assert acme.facts.values["fact.contract"] == "one_year"
    assert (acme.lifecycle.segment, acme.lifecycle.stage) == ("telco", "loyal")
    assert (bolt.profile.attributes, bolt.lifecycle.csm) == ({}, None)


def test_a_blank_number_is_recorded_as_unknown_and_never_as_zero(telco: Stage) -> None:
    run(telco, an_import(BOLT))

    bolt = account_id_for("B-2")
    with telco.world.database.reading() as connection:
        series = fact_series(connection, bolt, "measure.charges.total", day(-1), day(1))

    assert [(seen.value, seen.observed_at, seen.source) for seen in series] == [(None, MONDAY, "import accounts.csv")]
    assert "measure.charges.total" not in telco.see(bolt).facts.values


def test_a_blank_cell_keeps_what_was_known_where_the_mapping_says_so(telco: Stage) -> None:
    run(telco, an_import(ACME))
    telco.clock.turn(days=1)

    blank = an_import("A-1,Acme,,,31,,Yearly\n", map_content=f"{MAP}blank: keep\n".encode(), observed_at=day(1))
    counts = run(telco, blank)

    values = telco.see(account_id_for("A-1")).facts.values
    assert counts == ImportCounts(updated=1)
    assert (values["measure.tenure"], values["measure.charges.total"]) == (31.0, 1200.5)


def test_repeating_an_import_changes_nothing(telco: Stage) -> None:
    run(telco, an_import(ACME + BOLT))
    before = [_history(telco, key) for key in ("A-1", "B-2")]
    telco.clock.turn(days=3)

    counts = run(telco, an_import(ACME + BOLT))
    evaluated = evaluate_waiting(telco.world, ADMIN)

    assert counts == ImportCounts(unchanged=2)
    assert evaluated.looked_at == 0
    assert [_history(telco, key) for key in ("A-1", "B-2")] == before


def test_brings_known_accounts_up_to_date_and_keeps_what_the_file_leaves_out(telco: Stage) -> None:
    run(telco, an_import(ACME))

    counts = run(telco, an_import("A-1,Acme Inc,,,30,1200.5,Yearly\n" + BOLT))

    profile = telco.see(account_id_for("A-1")).profile
    assert counts == ImportCounts(created=1, updated=1)
    assert (profile.name, profile.csm_name, profile.attributes) == ("Acme Inc", "ada", {"country": "DE"})


def test_says_everything_that_is_wrong_with_a_row_at_its_line_and_column(telco: Stage) -> None:
    heard = Heard()
    bad = "C-3,Cast,ada,DE,many,-5,Weekly\n"

    counts = run(telco, an_import(ACME + bad + BOLT), heard)

    assert counts == ImportCounts(created=2, rejected=1)
    assert (heard.header, heard.size) == (tuple(HEADER.strip().split(",")), len(HEADER + ACME + bad + BOLT))
    assert heard.rows == [
        RejectedRow(
            3,
            (
                Problem("measure 'tenure' is 'many'; expected a finite number in months", "Months", 5),
                Problem("measure 'charges.total' is '-5'; expected at least 0 USD", "Total", 6),
                Problem("the text is 'Weekly'; the mapping has: 'Monthly', 'Yearly'", "Contract", 7),
            ),
            tuple(bad.strip().split(",")),
            "C-3",
        )
    ]


def test_says_once_what_is_wrong_with_a_cell_that_stands_for_two_values(telco: Stage) -> None:
    heard = Heard()
    twice = f"{MAP}  internet: {{column: Contract, values: {{Monthly: dsl, Yearly: none}}}}\n"

    run(telco, an_import("C-3,Cast,,,1,1,Weekly\n", map_content=twice.encode()), heard)

    problem = Problem("the text is 'Weekly'; the mapping has: 'Monthly', 'Yearly'", "Contract", 7)
    assert [row.problems for row in heard.rows] == [(problem,)]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("C-3,Cast\n", Problem("the row has 2 columns; expected 7, as line 1 has")),
        (
            ",Cast,,,1,1,Monthly\n",
            Problem("the key is empty; expected what the system of record calls the account", "Id", 1),
        ),
        (ACME, Problem("the account 'A-1' stands in line 2 already", "Id", 1)),
        ("C-3,Ca\0st,,,1,1,Monthly\n", Problem("the cell has a NUL character; delete it", "Name", 2)),
        (
            'C-3,"Ca\nst",,,1,1,Monthly\n',
            Problem("the text is 'Ca\\nst'; expected 1 to 500 printable characters", "Name", 2),
        ),
        (
            "C-3,Cast,,,NaN,1,Monthly\n",
            Problem("measure 'tenure' is 'NaN'; expected a finite number in months", "Months", 5),
        ),
        (
            "C-3,Cast,,,1e999,1,Monthly\n",
            Problem("measure 'tenure' is '1e999'; expected a finite number in months", "Months", 5),
        ),
        ('C-3,"Cast"x,,,1,1,Monthly\n', Problem("this is not CSV: ',' expected after '\"'")),
    ],
)
def test_a_bad_row_is_rejected_whole_and_the_others_are_written(telco: Stage, row: str, problem: Problem) -> None:
    heard = Heard()

    counts = run(telco, an_import(ACME + row + BOLT), heard)

    assert counts == ImportCounts(created=2, rejected=1)
    assert [(each.line, each.problems) for each in heard.rows] == [(3, (problem,))]
    assert _known(telco) == 2


def test_dates_values_by_a_column_where_the_mapping_names_one(telco: Stage) -> None:
    text = "Id,Months,Seen\nA-1,30,2026-02-01\nB-2,1,\nC-3,1,2026-02-01T10:00:00\nD-4,1,2999-01-01\n"
    mapping = (
        b"schema: lifecycle/import/v1\naccount: {key: Id}\nmeasures: {tenure: Months}\nobserved_at: {column: Seen}\n"
    )
    heard = Heard()

    run(telco, an_import("", stream=BytesIO(text.encode()), map_content=mapping), heard)

    seen = [telco.see(account_id_for(key)).facts.values["measure.tenure@"] for key in ("A-1", "B-2")]
    assert seen == [1_769_904_000_000, 1_772_442_000_000]
    assert [(row.line, row.problems[0].where) for row in heard.rows] == [(4, "Seen (3)"), (5, "Seen (3)")]


def test_starts_an_account_in_the_stage_that_the_file_gives(telco: Stage) -> None:
    text = "Id,Contract,Phase,Since\nA-1,Yearly,settled,2026-01-05T08:00:00Z\n"
    mapping = (
        "schema: lifecycle/import/v1\naccount: {key: Id, stage: Phase, entered_at: Since}\n"
        "facts: {contract: {column: Contract, values: {Yearly: one_year}}}\n"
    )

    run(telco, an_import("", stream=BytesIO(text.encode()), map_content=mapping.encode()))

    lifecycle = telco.see(account_id_for("A-1")).lifecycle
    assert (lifecycle.stage, lifecycle.entered_at.isoformat()) == ("settled", "2026-01-05T08:00:00+00:00")


def test_large_batches_are_evaluated_by_the_next_run_to_the_same_stages(telco: Stage) -> None:
    later = replace(telco.world, small_batch=0)

    outcome = import_accounts(later, FEED, an_import(ACME + BOLT), Heard())
    unplaced = telco.see(account_id_for("A-1")).lifecycle.stage
    evaluated = evaluate_waiting(telco.world, ADMIN)

    assert isinstance(outcome, Imported)
    assert (outcome.summary.looked_at, unplaced) == (0, "unassigned")
    assert (evaluated.looked_at, evaluated.unassigned) == (2, 0)
    assert [telco.see(account_id_for(key)).lifecycle.stage for key in ("A-1", "B-2")] == ["loyal", "at_risk"]


def test_a_failing_database_leaves_the_batches_before_and_nothing_of_its_own(telco: Stage) -> None:
    rows = "".join(f"K-{number},Name,,,1,1,Monthly\n" for number in range(1, 7))
    heard = Interrupting(stage=telco)

    with pytest.raises(StoreFailed):
        import_accounts(telco.world, FEED, an_import(rows, batch=2), heard)

    assert heard.counts == [ImportCounts(created=2), ImportCounts(created=4)]
    assert _known(telco) == 4


def test_an_interrupted_import_goes_on_where_it_is_repeated(telco: Stage) -> None:
    run(telco, an_import(ACME))

    counts = run(telco, an_import(ACME + BOLT))

    assert counts == ImportCounts(created=1, unchanged=1)


def test_a_dry_run_counts_and_writes_nothing(telco: Stage) -> None:
    run(telco, an_import(ACME))

    counts = run(telco, an_import("A-1,Other,,,30,1200.5,Yearly\n" + BOLT + "C-3\n", dry_run=True))

    assert counts == ImportCounts(created=1, updated=1, rejected=1)
    assert _known(telco) == 1
    assert telco.see(account_id_for("A-1")).profile.name == "Acme"


def test_refuses_a_mapping_before_anything_is_read(telco: Stage) -> None:
    outcomes = [
        import_accounts(telco.world, FEED, an_import(ACME, map_content=text.encode()), Heard())
        for text in (MAP.replace("tenure:", "tenur:"), MAP.replace("Months", "Month"))
    ]

    found = [
        [(each.code, each.line, each.column) for each in outcome.diagnostics]
        for outcome in outcomes
        if isinstance(outcome, MapRefused)
    ]
    assert found == [[("unknown-measure", 4, 3)], [("unknown-column", 4, 11)]]
    assert _known(telco) == 0


def test_refuses_a_whole_file_that_is_not_utf_8(telco: Stage) -> None:
    stream = BytesIO(f"{HEADER}{ACME}".encode() + "B-2,Bölt,,,1,1,Monthly\n".encode("latin-1"))

    with pytest.raises(InvalidInput) as refused:
        import_accounts(telco.world, FEED, an_import("", stream=stream), Heard())

    assert refused.value.path == "accounts.csv:3"
    assert _known(telco) == 0


@pytest.mark.parametrize(("changes", "path"), [({"batch": 0}, "batch"), ({"observed_at": day(1)}, "observed_at")])
def test_refuses_arguments_out_of_range(telco: Stage, changes: dict[str, object], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        import_accounts(telco.world, FEED, an_import(ACME, **changes), Heard())

    assert refused.value.path == path


def test_needs_a_role_that_may_record_facts(telco: Stage) -> None:
    with pytest.raises(Forbidden):
        import_accounts(telco.world, VIEWER, an_import(ACME), Heard())


def test_needs_definitions_to_be_published_first(database_url: str) -> None:
    with a_stage(database_url, None) as empty, pytest.raises(MachineNotFound) as refused:
        import_accounts(empty.world, Actor("root", frozenset({Role.ADMIN})), an_import(ACME), Heard())

    assert "lifecycle-fsm publish DIR" in refused.value.message


def _known(stage: Stage) -> int:
    with stage.world.database.reading() as connection:
        return count_accounts(connection)


def _history(stage: Stage, key: str) -> tuple[object, ...]:
    account_id = account_id_for(key)
    page = page_history(stage.world, ADMIN, [account_id], PageRequest(100))[account_id]
    return (page.items, stage.see(account_id).lifecycle)
