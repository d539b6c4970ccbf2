"""What a plan misses before it can be applied, with what to do about it."""

from collections.abc import Iterator, Sequence

from lifecycle_fsm.services.planning.content import (
    Existing,
    Lack,
    Missing,
    Options,
    SegmentPlan,
)


def missing(options: Options, segments: Sequence[SegmentPlan]) -> Iterator[Missing]:
    """Stages without a landing that have accounts, and the choice about existing accounts."""
    for segment in segments:
        for stage in segment.stages:
            if stage.lands_in is None and stage.accounts:
                where = f"migrations: {{{stage.stage}: STAGE}}"
                yield _no_landing(segment.segment, stage.stage, stage.stage, where, stage.accounts)
        for arrival in segment.arrivals:
            if arrival.to_stage is None:
                origin = f"{arrival.from_segment}.{arrival.from_stage}"
                where = f"arrivals: {{{origin}: STAGE}}"
                yield _no_landing(segment.segment, arrival.from_stage, origin, where, arrival.accounts.number)
    if options.existing is None and any(segment.takes_over for segment in segments):
        yield Missing(Lack.EXISTING, _CHOOSE)


_CHOOSE = (
    "say what becomes of existing accounts: "
    f"--existing {Existing.EVALUATE} lets the new rules act on them at once, "
    f"--existing {Existing.FROM_NEXT_CHANGE} only when something next changes about them"
)


def _no_landing(segment: str, stage: str, origin: str, where: str, number: int) -> Missing:
    stand = "1 account stands" if number == 1 else f"{number:,} accounts stand"
    message = (
        f"{stand} in the stage {stage!r}, which {segment!r} will not have; say where they go on: "
        f"`{where}` in segments/{segment}.yaml, or --map {origin}=STAGE"
    )
    return Missing(Lack.MAPPING, message, segment, stage, number)
