"""What runs by itself is told as traces: a job, its pages, their statements, and the run that they belong to."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from lifecycle_fsm.background.jobs import jobs_of
from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.background.worker import working
from lifecycle_fsm.bootstrap import now
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.domain.schedule import Every
from lifecycle_fsm.services.sweeping.sweep import ask_for_sweep
from lifecycle_fsm.store.runs import newest_runs
from lifecycle_fsm.telemetry.traces import begun
from tests.background.waiting import until
from tests.telemetry.recording import recorded, told, without_reads
from tests.worlds import ADMIN, Stage, a_stage


@pytest.fixture
def kept() -> Iterator[InMemorySpanExporter]:
    with recorded() as exporter:
        yield exporter


@pytest.fixture
def stage(kept: InMemorySpanExporter, database_url: str) -> Iterator[Stage]:
    """Opened while traces are on, so that its statements are seen; one account waits for a worker."""
    with a_stage(database_url) as opened:
        opened.world = replace(opened.world, clock=now, small_batch=0)
        opened.sign("ACME", arr=5_000)
        yield opened


@pytest.fixture
def plan(database_url: str, tmp_path: Path) -> WorkerPlan:
    """Do what people ask for, and nothing else."""
    url = f"sqlite:///{tmp_path / 'workflows.db'}" if database_url.startswith("sqlite") else database_url
    return WorkerPlan("test", "1", url, {JobName.ASKED: Every(1_000, "1s")})


def test_a_sweep_is_told_from_its_job_to_its_statements(
    stage: Stage, kept: InMemorySpanExporter, plan: WorkerPlan
) -> None:
    run = ask_for_sweep(stage.world, ADMIN).what
    with working(stage.world, plan):
        until(lambda: ended(kept, "job asked"))

    swept = trace_of(kept, "job asked")
    (page,) = [span for span in swept if span.name == "run page"]
    one = stage.world.database.is_sqlite
    moved = ["UPDATE account_state", "INSERT transition_log", "INSERT stage_tally"] if one else [MOVED_AT_ONCE]
    assert without_reads(told(swept)) == tree(set_up=[] if one else ["SET", "SELECT …"], moved=moved)
    assert page.attributes == {"lifecycle.run.id": str(run.id), "lifecycle.accounts": 1}


def test_a_page_of_waiting_accounts_names_its_run(stage: Stage, kept: InMemorySpanExporter, plan: WorkerPlan) -> None:
    with begun("page"):
        assert jobs_of(stage.world, plan, lambda: False)[JobName.EVALUATE].page(0, None) is None

    with stage.world.database.reading() as connection:
        (run,) = newest_runs(connection, 1)
    attributes = trace_of(kept, "page")[-1].attributes
    assert attributes == {"lifecycle.run.id": str(run.id), "lifecycle.accounts": 1}


MOVED_AT_ONCE = "UPDATE account_state transition_log stage_tally"


def tree(set_up: list[str], moved: list[str]) -> list[str]:
    """What a sweep over one account that waits does."""
    written = ["SAVEPOINT", *moved, "INSERT milestone_event", "INSERT outbox", "RELEASE", "DELETE dirty", "UPDATE run"]
    return [
        "job asked",
        *below(1, ["transaction", "  UPDATE job", "  INSERT job", "page", "  SELECT …"]),
        *below(2, [*set_up, "run page", "  transaction", "  transaction"]),
        *below(4, ["SELECT …", *written]),
        *below(2, ["transaction", "  UPDATE run", "SELECT …"]),
        *below(1, ["transaction", "  UPDATE job"]),
    ]


def below(level: int, names: list[str]) -> list[str]:
    return [f"{'  ' * level}{name}" for name in names]


def ended(kept: InMemorySpanExporter, name: str) -> bool:
    return any(span.name == name for span in kept.get_finished_spans())


def trace_of(kept: InMemorySpanExporter, name: str) -> Sequence[ReadableSpan]:
    """The first trace whose first span has this name."""
    spans = kept.get_finished_spans()
    first = next(span for span in spans if span.name == name and span.context)
    return [span for span in spans if span.context and span.context.trace_id == first.context.trace_id]
