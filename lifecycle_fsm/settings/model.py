"""What an operator can set, with the limits of each value."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.domain.retention import SHORTEST_EVIDENCE, Keep
from lifecycle_fsm.domain.schedule import Schedule, parse_schedule
from lifecycle_fsm.domain.shard import MOST_SHARDS

PREFIX = "LIFECYCLE_"
OFF = "off"


def _check_roles(text: str) -> str:
    unknown = sorted({part.strip() for part in text.split(",")} - set(Role))
    if unknown:
        raise ValueError(f"expected roles with commas between: {', '.join(Role)}")
    return text


def _days(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(days=number)


def _check_schedule(text: str) -> str:
    if text != OFF and parse_schedule(text) is None:
        raise ValueError("expected a span such as 2s, 5m or 1h, a cron line of five parts in UTC, or off")
    return text


ScheduleText = Annotated[str, AfterValidator(_check_schedule)]


class Settings(BaseModel):
    """Everything that can be set; `sources` says from where."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str = Field(
        default="sqlite:///lifecycle.db",
        repr=False,  # it may hold a password
        pattern=r"^(sqlite:///|postgresql(\+psycopg)?://)",
        description="SQLAlchemy address of the store: sqlite:///FILE or postgresql://USER@HOST/NAME.",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="Address that the server listens on.")
    port: int = Field(default=8321, ge=1, le=65535, description="Port that the server listens on.")
    threads: int = Field(default=8, ge=1, le=128, description="Database calls that run at the same time.")
    small_batch: int = Field(
        default=200, ge=0, le=10_000, description="Up to so many accounts of an ingest are evaluated at once."
    )
    approval: bool = Field(
        default=False, description="Whether a plan needs the approval of somebody other than its author."
    )
    read_only: bool = Field(
        default=False, description="Whether this process refuses every change, such as on a replica."
    )
    introspection: bool = Field(default=True, description="Whether the GraphQL schema may be asked for.")
    max_body_bytes: int = Field(default=1_000_000, ge=1_000, description="Largest GraphQL request, in bytes.")
    max_ingest_bytes: int = Field(
        default=200_000_000, ge=1_000, description="Largest body of rows for /ingest, in bytes, after gzip is undone."
    )
    batch: int = Field(
        default=0, ge=0, le=50, description="Requests that one body may carry as a list; 0 takes no lists."
    )
    operation_seconds: float = Field(
        default=30, gt=0, le=3600, description="Seconds after which an operation is given up."
    )
    max_cost: int = Field(default=100_000, ge=0, description="What one operation may cost, in points; 0 is no limit.")
    rate: int = Field(default=0, ge=0, description="Points that each client gets back a second; 0 limits nobody.")
    rate_burst: int = Field(default=10_000, ge=1, description="Points that a client may hold.")
    cors_origins: str = Field(
        default="", description="Origins of web pages that may ask, with commas between; * is any."
    )
    documents: Path | None = Field(default=None, description="Folder of trusted documents.")
    document_policy: Literal["open", "preferred", "required"] = Field(
        default="open", description="Whether documents that are not trusted may run."
    )
    document_policies: dict[str, Literal["open", "preferred", "required"]] = Field(
        default={}, description="The same for single roles, as a JSON object."
    )
    oidc_issuer: str | None = Field(
        default=None,
        pattern=r"^https?://\S+$",
        description="OpenID Connect provider whose tokens let people in.",
    )
    oidc_audience: str = Field(default="lifecycle-fsm", min_length=1, description="What its tokens must be made for.")
    oidc_roles: dict[str, Role] = Field(
        default={}, description="The provider's words for our roles, as a JSON object; others let nobody in."
    )
    oidc_roles_claim: str = Field(
        default="roles", min_length=1, description="Claim with those words; points lead into objects."
    )
    oidc_name_claim: str = Field(default="email", min_length=1, description="Claim that history calls people by.")
    oidc_csm_claim: str | None = Field(
        default=None,
        min_length=1,
        description="Claim with the CSM, or a list of CSMs, whose accounts somebody sees; others see all.",
    )
    oidc_segments_claim: str | None = Field(
        default=None,
        min_length=1,
        description="Claim with the segments whose accounts somebody sees, of those of the CSMs; others see all.",
    )
    oidc_segments: dict[str, str] = Field(
        default={}, description="The provider's words for our segments, as a JSON object; they are ours otherwise."
    )
    oidc_accounts_claim: str | None = Field(
        default=None,
        min_length=1,
        description="Claim with the keys of single accounts that somebody sees besides, whosever they are.",
    )
    oidc_limited_roles: Annotated[str, AfterValidator(_check_roles)] = Field(
        default=Role.CSM.value, description="Roles, with commas between, that those claims limit."
    )
    oidc_leeway_seconds: int = Field(
        default=60, ge=0, le=300, description="Seconds by which the provider's clock may differ."
    )
    worker: bool = Field(default=True, description="Whether the server itself does what runs by itself.")
    worker_name: str | None = Field(
        default=None, min_length=1, max_length=100, description="What this worker is called; its host's name otherwise."
    )
    worker_jobs: int = Field(default=4, ge=1, le=64, description="Jobs that a worker runs at the same time.")
    worker_silence_seconds: int = Field(
        default=30, ge=3, le=60, description="After so many seconds of silence others take a worker's jobs over."
    )
    shards: int = Field(
        default=1,
        ge=1,
        le=MOST_SHARDS,
        description="Parts into which accounts are dealt, one for each worker.",
    )
    workflows_url: str | None = Field(
        default=None,
        repr=False,
        pattern=r"^(sqlite:///|postgresql(\+psycopg)?://)",
        description="Where running jobs are kept: beside a SQLite store, in a schema of a PostgreSQL otherwise.",
    )
    schedule_evaluate: ScheduleText = Field(default="2s", description="When accounts that wait are evaluated.")
    schedule_deliver: ScheduleText = Field(default="2s", description="When notifications are delivered.")
    schedule_roll_out: ScheduleText = Field(default="10s", description="When publications reach more accounts.")
    schedule_asked: ScheduleText = Field(default="5s", description="When sweeps that people asked for are begun.")
    schedule_sweep: ScheduleText = Field(default="0 3 * * *", description="When all accounts are decided on.")
    schedule_seal: ScheduleText = Field(default="5m", description="When the log over all history grows, and is signed.")
    schedule_verify: ScheduleText = Field(default="5s", description="When verifications that people asked for go on.")
    schedule_count: ScheduleText = Field(default="1m", description="When counts of accounts by stage are added up.")
    schedule_retain: ScheduleText = Field(default="30 4 * * *", description="When old finished work is deleted.")
    keep_days: int = Field(
        default=30, ge=1, le=3650, description="Days for which delivered messages and answers to batches are kept."
    )
    keep_dead_days: int | None = Field(
        default=None,
        ge=1,
        le=3650,
        description="Days for which messages that were given up are kept; for ever otherwise.",
    )
    keep_refused_days: int = Field(
        default=30, ge=1, le=3650, description="Days for which rows that were refused are kept, 100,000 at most."
    )
    keep_runs_days: int = Field(
        default=365, ge=30, le=36_500, description="Days for which figures of finished runs are kept."
    )
    keep_tokens_days: int = Field(
        default=365, ge=1, le=36_500, description="Days for which tokens that ended are still listed."
    )
    keep_evidence_days: int | None = Field(
        default=None,
        ge=SHORTEST_EVIDENCE.days,
        le=36_500,
        description="Days for which what history was decided on is kept; for ever otherwise.",
    )
    notifications: Path | None = Field(default=None, description="File of channels and routes.")
    signing_key: Path | None = Field(default=None, description="Key that signs the log over all history.")
    checkpoints: Path | None = Field(
        default=None, description="Folder outside of the store that gets every signed checkpoint."
    )
    checkpoints_channel: str | None = Field(
        default=None,
        min_length=1,
        description="Channel of the file of notifications that gets every signed checkpoint.",
    )
    checkpoints_store: str | None = Field(
        default=None,
        pattern=r"^s3://[a-z0-9][a-z0-9.-]+(/[^\s?#]*)?$",
        description="Bucket that gets every signed checkpoint: s3://BUCKET/PREFIX.",
    )
    checkpoints_store_endpoint: str | None = Field(
        default=None, pattern=r"^https?://[^\s/@]+(/\S*)?$", description="Where it is; AWS otherwise."
    )
    checkpoints_store_region: str = Field(default="us-east-1", min_length=1, description="Region of that bucket.")
    checkpoints_store_key_id: str | None = Field(
        default=None, min_length=1, description="Name of the key that opens it; the machine's own rights otherwise."
    )
    checkpoints_store_key: SecretStr | None = Field(default=None, min_length=8, description="Secret of that key.")
    erasures: Path | None = Field(
        default=None, description="File outside of the store that lists who was erased, for restored backups."
    )
    postgresql_tools: Path | None = Field(
        default=None, description="Folder of pg_dump and pg_restore; the path is searched otherwise."
    )
    configuration: Path | None = Field(default=None, description="Folder of definitions that `demo` publishes.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What the log tells: every request and job from info down."
    )
    log_format: Literal["auto", "json", "human"] = Field(
        default="auto", description="JSON lines or lines for people; auto looks whether a terminal reads them."
    )
    log_key: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="Secret that turns accounts and people into pseudonyms; another one with every start otherwise.",
    )
    metrics_token: SecretStr | None = Field(
        default=None, min_length=16, description="Bearer token that opens /metrics on the server's port."
    )
    metrics_port: int | None = Field(
        default=None, ge=1, le=65535, description="Port of its own for metrics, without a token."
    )
    metrics_host: str = Field(
        default="127.0.0.1", min_length=1, description="Address that the port of metrics listens on."
    )
    traces_endpoint: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/@]+(/\S*)?$",
        description="Collector of OpenTelemetry that traces go to, by OTLP over HTTP; without it there are none.",
    )
    traces_ratio: float | None = Field(
        default=None, ge=0, le=1, description="Share of the requests and jobs that are traced; all of them otherwise."
    )
    traces_service: str | None = Field(
        default=None, min_length=1, max_length=100, description="What traces call this process."
    )
    drain_seconds: float = Field(
        default=5, ge=0, le=300, description="Seconds from SIGTERM, when /readyz says no, to the last new connection."
    )
    keep_alive_seconds: int = Field(
        default=75, ge=1, le=3600, description="Seconds that a connection may be idle before the server closes it."
    )
    migrate: bool = Field(default=False, description="Whether `serve` and `worker` bring the tables up to date first.")

    @field_validator("document_policies")
    @classmethod
    def _only_roles(cls, given: dict[str, str]) -> dict[str, str]:
        unknown = sorted(given.keys() - set(Role))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no role; expected {', '.join(Role)}")
        return given

    def keep(self) -> Keep:
        """How long what is finished is kept."""
        return Keep(
            messages=_days(self.keep_days),
            dead_messages=_days(self.keep_dead_days),
            batches=_days(self.keep_days),
            refused_rows=_days(self.keep_refused_days),
            runs=_days(self.keep_runs_days),
            tokens=_days(self.keep_tokens_days),
            evidence=_days(self.keep_evidence_days),
        )

    def schedules(self) -> dict[JobName, Schedule]:
        """When each job runs; one that is off is absent."""
        texts = {job: getattr(self, f"schedule_{job.value}") for job in JobName}
        parsed = {job: parse_schedule(text) for job, text in texts.items() if text != OFF}
        return {job: schedule for job, schedule in parsed.items() if schedule is not None}
