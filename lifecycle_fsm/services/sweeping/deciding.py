"""Candidates decided on again by the engine, and compared with what was found set-wise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.engine.outcomes import Evaluation
from lifecycle_fsm.services.apart import Failed, Prepared, evaluate_apart, prepare
from lifecycle_fsm.services.reading import Reading
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.candidates import TAKEN, Candidate
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout


@dataclass(frozen=True, slots=True)
class Decided:
    """
    Hold what is to be written for a batch of candidates.

    `evaluations` leaves out the accounts that have changed since they were found, and
    those on which the two verdicts differ; `disagreements` says how these differ.
    """

    prepared: Prepared
    evaluations: Mapping[UUID, Evaluation | Failed]
    changed_meanwhile: frozenset[UUID]
    disagreements: Mapping[UUID, str]


def decide_again(
    world: World, connection: Connection, batch: Sequence[Candidate], layout: Layout, as_of: datetime
) -> Decided:
    """Let the engine evaluate candidates in the caller's transaction, writing nothing."""
    found = {each.account_id: each for each in batch}
    prepared = prepare(world, connection, list(found), layout, as_of)
    changed = frozenset(key for key, reading in prepared.readings.items() if _has_changed(reading, found[key]))
    prepared = replace(prepared, readings={key: each for key, each in prepared.readings.items() if key not in changed})
    evaluations = evaluate_apart(prepared, as_of)
    disagreements = {
        key: how
        for key, evaluation in evaluations.items()
        if isinstance(evaluation, Evaluation)
        and (how := _disagreement(found[key], prepared, evaluation, key)) is not None
    }
    agreed = {key: each for key, each in evaluations.items() if key not in disagreements}
    return Decided(prepared, agreed, changed, disagreements)


def _has_changed(reading: Reading, candidate: Candidate) -> bool:
    stored = reading.stored
    return (stored.head.revision, stored.facts_version) != (candidate.state_version, candidate.facts_version)


def _disagreement(candidate: Candidate, prepared: Prepared, evaluation: Evaluation, key: UUID) -> str | None:
    """How the two verdicts on an account whose evaluation stood differ, None where they agree."""
    if not candidate.settled:
        return None
    first = _first(prepared, evaluation, key)
    expected = _leaving(candidate, prepared.readings[key])
    if first != expected:
        return f"set-wise {expected or 'nothing'!r}, engine {first or 'nothing'!r}"
    if first is None and not _does_anything(prepared.readings[key], evaluation):
        return "set-wise a pace, an alert or a clock, engine nothing"
    return None


def _first(prepared: Prepared, evaluation: Evaluation, key: UUID) -> str | None:
    """The segment that takes the account from its own or from none, else the transition that the engine takes first."""
    if key in prepared.asked:
        return prepared.asked[key][-1].lifecycle.segment
    first = evaluation.steps[0] if evaluation.steps else None
    if first is not None and first.kind is RecordKind.REASSIGNED:
        return f"{TAKEN}{first.lifecycle.segment}"
    if first is not None and first.kind is RecordKind.MOVED:
        return first.transition
    return None


def _leaving(candidate: Candidate, reading: Reading) -> str | None:
    """What was found set-wise, but None for a transition back to its own stage: it is never taken by itself."""
    machine, stage = reading.machine, reading.lifecycle.stage
    if machine is None or stage not in machine.exits:
        return candidate.first
    stays = {each.key for each in machine.exits[stage] if each.target == stage}
    return None if candidate.first in stays else candidate.first


def _does_anything(reading: Reading, evaluation: Evaluation) -> bool:
    return bool(evaluation.steps) or dict(evaluation.lifecycle.held) != dict(reading.lifecycle.held)
