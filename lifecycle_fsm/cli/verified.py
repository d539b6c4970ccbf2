"""What a verification came to, in lines for people."""

from lifecycle_fsm.domain.audit import Flaw
from lifecycle_fsm.domain.counted import counted
from lifecycle_fsm.services.audit.quick_look import QuickLook, has_columns
from lifecycle_fsm.services.audit.undecided import undecided_of
from lifecycle_fsm.services.audit.verification import Verification
from lifecycle_fsm.services.audit.verify import Report


def interrupted(kept: Verification) -> list[str]:
    """What was checked so far, what does not hold, and how to go on."""
    report = kept.report
    found = "what was checked so far holds" if report.holds else f"{counted(report.failed, 'flaw', 'flaws')} so far"
    return [
        *_checked(report),
        *_not_decided(report),
        *map(_line, report.flaws),
        f"Interrupted at {kept.percentage} %: {found}.",
        f"Go on with `lifecycle-fsm verify --resume {kept.stored.id}`; a worker that runs goes on by itself.",
    ]


def nothing_kept(reason: str) -> str:
    """That an interruption leaves nothing to go on with, and why."""
    return f"Interrupted, and nothing was kept: {reason}. Start again with the same options."


def verified(report: Report, way: str) -> list[str]:
    """What was checked, the way in which, what does not hold, and in the last line whether everything does."""
    return [*_checked(report), way, *_not_decided(report), *map(_line, report.flaws), _outcome(report)]


def way_followed(look: QuickLook | None) -> str:
    """Whether chains were followed in columns or row by row."""
    if look is not None and look.held + look.doubted > 0:
        closely = f", {look.doubted} of them then row by row" if look.doubted else ""
        return f"Chains were followed in columns: {counted(look.held + look.doubted, 'part', 'parts')}{closely}."
    missing = "" if has_columns() else "; large stores take half the time with lifecycle-fsm[columns]"
    return f"Chains were followed row by row{missing}."


def _checked(report: Report) -> list[str]:
    rows, accounts = counted(report.rows, "row", "rows"), counted(report.accounts, "account", "accounts")
    inputs = counted(report.inputs, "row", "rows")
    let_go = f", {report.let_go:,} let go by age" if report.let_go else ""
    leaves, entries = counted(report.leaves, "leaf", "leaves"), counted(report.entries, "audit entry", "audit entries")
    return [
        f"Chains: {rows} of {accounts}. Published texts: {report.documents:,}.",
        f"Evidence: {inputs} as committed to, {report.erased:,} erased by law{let_go}.",
        f"Log: {leaves}, {counted(report.unlogged, 'record', 'records')} not yet in it; {entries}.",
        f"Checkpoints: {report.checkpoints:,}.",
    ]


def _not_decided(report: Report) -> list[str]:
    found = undecided_of(report.excepted)
    assigned = counted(found.assigned, "first assignment", "first assignments")
    migrated = counted(found.migrated, "migration", "migrations")
    others = ", ".join(each.in_words for each in found.others) or "nothing"
    earlier = counted(found.earlier, "row of an earlier release, which", "rows of earlier releases, which")
    return [
        f"Decisions: {report.decided:,} made again. No guard decides {assigned} and {migrated}.",
        f"Not decided by guards besides: {others}.",
        *([f"Not made again: {earlier} kept no evidence."] if found.earlier else []),
    ]


def _line(flaw: Flaw) -> str:
    place = [f"account {flaw.account_id}"] if flaw.account_id else []
    place += [flaw.subject] if flaw.subject else []
    place += [f"row {flaw.seq}"] if flaw.seq is not None else []
    return ": ".join([flaw.check, *([", ".join(place)] if place else []), flaw.message])


def _outcome(report: Report) -> str:
    if report.holds:
        return "Everything that was checked holds."
    listed = f"; the first {len(report.flaws):,} are listed" if report.failed > len(report.flaws) else ""
    return f"History does not hold: {counted(report.failed, 'flaw', 'flaws')}{listed}."
