"""The definitions in use beside those that would replace them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.configuration import Configuration
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.landing import Landing, StageClock
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.migrate import Route
from lifecycle_fsm.engine.taking import Ranked
from lifecycle_fsm.services.planning.content import Options


@dataclass(frozen=True, slots=True)
class Versions:
    """
    Hold the machines in use and those of the draft, by segment in the order of rank.

    `followed` are those whose rules of assignment existing accounts follow: of the newest
    publication that all have gone over to, which need not be the newest one.
    `migrations` are the landings that the draft's files give, by segment.
    """

    before: Mapping[str, Machine]
    after: Mapping[str, Machine]
    migrations: Mapping[str, Mapping[str, Landing]]
    options: Options
    followed: Ranked = ()

    @property
    def reassigns(self) -> bool:
        """Whether the rules that assign existing accounts to segments differ."""
        return _rules(self.followed) != _rules(self.after.values())


def versions_of(
    before: Iterable[Machine],
    configuration: Configuration,
    drafts: Mapping[str, Draft],
    options: Options,
    followed: Ranked = (),
) -> Versions:
    """
    Put the two sides together.

    Raises:
        InvalidInput: the mapping leads to a stage that no segment of the draft has.
    """
    migrations = {segment: draft.migrations for segment, draft in drafts.items()}
    versions = Versions({each.segment: each for each in before}, configuration.machines, migrations, options, followed)
    known = {stage for machine in configuration.machines.values() for stage in machine.stages}
    for old, new in options.mapping.items():
        if landing_of(new).stage not in known:
            raise InvalidInput(f"{old!r} is mapped to {new!r}, but no segment has that stage", path="mapping")
    return versions


def route(versions: Versions, before: Machine, segment: str) -> Route:
    """
    The way of accounts that follow a version into a segment of the draft.

    Stages that nothing leads from are absent: `Versions.options`, then the files say where a
    stage lands, `arrivals` before `migrations`, and a stage that is still there lands in itself.
    """
    after = versions.after[segment]
    found = {stage: _landing(versions, before, after, stage) for stage in before.stages}
    landings = {stage: landing for stage, landing in found.items() if landing is not None}
    return Route(before, after, landings, versions.options.effects)


def landing_of(text: str) -> Landing:
    """
    Read `stage`, `stage:keep` or `stage:restart`.

    Raises:
        InvalidInput: what follows the colon is something else.
    """
    stage, colon, clock = text.partition(":")
    if colon and clock not in set(StageClock):
        raise InvalidInput(f"{text!r} is no landing; expected STAGE, STAGE:keep or STAGE:restart", path="mapping")
    return Landing(stage, StageClock(clock) if colon else StageClock.KEEP)


def _landing(versions: Versions, before: Machine, after: Machine, stage: str) -> Landing | None:
    mapping = versions.options.mapping
    given = mapping.get(f"{before.segment}.{stage}", mapping.get(stage))
    arrival = None if before.segment == after.segment else after.arrival(before.segment, stage)
    own = versions.migrations.get(after.segment, {}).get(stage)
    candidates = (None if given is None else landing_of(given), arrival, own, Landing(stage))
    return next((each for each in candidates if each is not None and each.stage in after.stages), None)


def _rules(machines: Iterable[Machine]) -> list[tuple[str, object]]:
    return [(each.segment, each.assignment.when) for each in machines]
