"""`lifecycle-fsm demo`: a store with two made-up years in it, served on this machine."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import orjson
import typer

from lifecycle_fsm.cli.folder import read_folder
from lifecycle_fsm.cli.progress import progress_bar
from lifecycle_fsm.cli.publish import publish_or_stop
from lifecycle_fsm.cli.serve import console_address, graphql_address, listening, run_server
from lifecycle_fsm.cli.store import opened, operator
from lifecycle_fsm.cli.telemetry import begin_logs, telling_traces
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.services.demo.condition import Condition, condition_of
from lifecycle_fsm.services.demo.play import play_demo
from lifecycle_fsm.services.demo.tokens import VALID_FOR, issue_demo_tokens
from lifecycle_fsm.services.tokens import IssuedToken
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings, read_settings
from lifecycle_fsm.store.migrate import upgrade

LOOPBACK = "127.0.0.1"
QUERY = (
    "{ accounts(first: 2, filter: {bands: [AT_RISK]}) { totalCount nodes { name stage { title pace } "
    "health { score band } openCtas { title dueAt } "
    "availableTransitions { transition { to { title } } trigger ready verdict { summary } } } } }"
)
"""Accounts in trouble: where they stand, what is being done, and why they do not move on."""


class NotADemo(LifecycleError):
    """The store holds something that the demo must not touch."""

    code = "not_a_demo"


def demo() -> None:
    """Make a store, play two years of made-up accounts through the engine, and serve them on this machine."""
    settings = read_settings().model_copy(update={"host": LOOPBACK})
    key = begin_logs(settings.model_copy(update={"log_level": "warning"}))  # what it prints is to be read
    with listening(settings) as listener:
        upgrade(settings.database_url)
        with telling_traces(settings, key), opened(settings) as world:
            _prepare(world, settings)
            run_server(world, settings, listener, _introduction(settings, issue_demo_tokens(world, operator())))


def _prepare(world: World, settings: Settings) -> None:
    condition = condition_of(world)
    if condition is Condition.FOREIGN:
        raise NotADemo(
            "the store holds accounts that are not the demo's; set LIFECYCLE_DATABASE_URL to a new file for the demo, "
            "or run `lifecycle-fsm serve`"
        )
    if condition is Condition.INTERRUPTED:
        typer.echo("The play was interrupted: going on where it stopped.")
    if condition is Condition.PLAYED:
        typer.echo("The store has been played before: going on with the same data.")
        return
    publish_or_stop(world, operator(), read_folder(_definitions(settings)))
    _play(world)


def _definitions(settings: Settings) -> Traversable:
    given: Path | None = settings.configuration
    return files("fixtures").joinpath("demo") if given is None else given


def _play(world: World) -> None:
    with progress_bar("Playing two years") as bar:
        summary = play_demo(world, bar.told, until=world.clock())
    typer.echo(f"Played {summary.days} days of {summary.accounts} accounts: {summary.values:,} values.")


def _introduction(settings: Settings, tokens: Mapping[Role, IssuedToken]) -> str:
    body = orjson.dumps({"query": QUERY}).decode()
    lines = [
        "",
        f"Console: {console_address(settings)}#token={tokens[Role.ADMIN].token}",
        f"GraphQL: {graphql_address(settings)}",
        f"Tokens, valid for {VALID_FOR.days} days:",
        *(f"  {role:<8} {issued.token}" for role, issued in tokens.items()),
        "Paste this into another terminal:",
        f"  curl -s {graphql_address(settings)} -H 'content-type: application/json' \\",
        f"    -H 'authorization: Bearer {tokens[Role.VIEWER].token}' \\",
        f"    -d '{body}' | python3 -m json.tool",
        "Stop with Ctrl-C; the same command goes on with the same data.",
    ]
    return "\n".join(lines)
