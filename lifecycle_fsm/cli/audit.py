"""`lifecycle-fsm verify` and what else auditors do from the command line."""

import os
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from uuid import UUID, uuid4

import orjson
import typer

from lifecycle_fsm.cli.account import NAMED, account_of
from lifecycle_fsm.cli.holder import is_gone, this_process
from lifecycle_fsm.cli.progress import progress_bar
from lifecycle_fsm.cli.store import By, DryRun, Yes, confirm, opened, operator
from lifecycle_fsm.cli.verified import interrupted, nothing_kept, verified, way_followed
from lifecycle_fsm.domain.access import Actor
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.intake import take_instant
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.erase import (
    Texts,
    erase_account,
    erase_texts,
    erasure_list,
    read_erasures,
    replay_erasures,
    write_erasures,
)
from lifecycle_fsm.services.audit.export import Wanted, Watermark, choose_rows
from lifecycle_fsm.services.audit.export_check import ExportReport, check_file
from lifecycle_fsm.services.audit.export_file import Form, export_file, form_of, partial_of, proof_of
from lifecycle_fsm.services.audit.log_check import Signed
from lifecycle_fsm.services.audit.proofs import prove_growth, prove_row
from lifecycle_fsm.services.audit.quick_look import QuickLook, looking
from lifecycle_fsm.services.audit.signing import Signer, make_signer, read_signer
from lifecycle_fsm.services.audit.verification import (
    begin_verification,
    find_verifications,
    finish_verification,
    take_from_the_gone,
)
from lifecycle_fsm.services.audit.verify import Extent, Report
from lifecycle_fsm.services.audit.verify import verify as verify_now
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import read_settings

Since = Annotated[str | None, typer.Option("--since", metavar="INSTANT", help="Evidence of rows from here on.")]
Until = Annotated[str | None, typer.Option("--until", metavar="INSTANT", help="Evidence of rows before this.")]
_FILE = {"exists": True, "dir_okay": False, "readable": True}
_ACCOUNT = {"parser": account_of, "metavar": NAMED}
Account = Annotated[
    UUID | None, typer.Option("--account", help="One account, by its key or its id; otherwise all.", **_ACCOUNT)
]


def verify(  # noqa: PLR0913 # one for each option
    account: Account = None,
    since: Since = None,
    until: Until = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many processes share the work.")] = 1,
    checkpoints: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="A checkpoint that you kept outside the store.", **_FILE)
    ] = None,
    trusted: Annotated[
        list[str] | None, typer.Option("--trust", metavar="KEY", help="Public keys to trust, not those of the store.")
    ] = None,
    *,
    resume: Annotated[
        UUID | None, typer.Option("--resume", metavar="ID", help="Go on with a verification that was interrupted.")
    ] = None,
    by: By = None,
) -> None:
    """
    Check that history is as it was written and decided, and record that; the exit status is 1 when it is not.

    Ctrl-C ends it with 130 and says what was found so far and how to go on.
    """
    notes = tuple(path.read_text(encoding="utf-8") for path in checkpoints or ())
    outside = Signed(notes, tuple(trusted or ()))
    extent = Extent(account, _instant(since), _instant(until), outside=outside)
    if resume is not None and extent != Extent():
        raise InvalidInput("--resume goes on with what was asked for; leave the other options out", path="option")
    with opened(read_settings()) as world:
        report, way = _verified(world, operator(by), resume or extent, processes)
    typer.echo("\n".join(verified(report, way)))
    if not report.holds:
        raise typer.Exit(1)


def _verified(world: World, actor: Actor, wanted: UUID | Extent, processes: int) -> tuple[Report, str]:
    """What verification came to, and which way it followed chains."""
    with looking(world.database, processes) as look:
        if isinstance(wanted, Extent) and world.database.is_read_only:
            report = _verify_only(world, actor, wanted, processes, look)
        else:
            report = _verify_kept(world, actor, wanted, processes, look)
        return report, way_followed(look)


def _verify_only(world: World, actor: Actor, extent: Extent, processes: int, look: QuickLook | None) -> Report:
    """Verify a store that keeps nothing of it; an interruption ends the command with 130."""
    try:
        with progress_bar("Verifying") as bar:
            return verify_now(world, actor, extent, processes=processes, look=look, told=bar.told)
    except KeyboardInterrupt:
        typer.echo(nothing_kept("the store is read-only"))
        raise typer.Exit(130) from None


def _verify_kept(world: World, actor: Actor, wanted: UUID | Extent, processes: int, look: QuickLook | None) -> Report:
    """Verify part by part; an interruption ends the command with 130 and the report so far, if any is kept."""
    verification_id = wanted if isinstance(wanted, UUID) else uuid4()
    holder = this_process(actor)
    try:
        if isinstance(wanted, Extent):
            begin_verification(world, actor, wanted, verification_id, holder)
        else:
            take_from_the_gone(world, actor, verification_id, is_gone)
        with progress_bar("Verifying") as bar:
            done = finish_verification(
                world, actor, verification_id, holder, processes=processes, look=look, told=bar.told
            )
            return done.report
    except KeyboardInterrupt:
        typer.echo("\n".join(_interrupted(world, actor, verification_id)))
        raise typer.Exit(130) from None


def _interrupted(world: World, actor: Actor, verification_id: UUID) -> list[str]:
    kept = find_verifications(world, actor, [verification_id]).get(verification_id)
    outside = "the log was not yet held to the checkpoints and keys that you gave, which the store does not have"
    return [nothing_kept(outside)] if kept is None else interrupted(kept)


def checkpoint(
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The signing key.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the note goes; otherwise it is printed.")
    ] = None,
    new_key: Annotated[
        str | None, typer.Option("--new-key", metavar="NAME", help="Make a key of this name in FILE first.")
    ] = None,
    *,
    dry_run: DryRun = False,
    by: By = None,
) -> None:
    """Sign how long the log of all rows is and what its root is; keep the note where nobody can change it."""
    signer = None if new_key is None else make_signer(new_key)
    if signer is not None and not dry_run:
        _write_key(key, signer)
    signer = signer or read_signer(key.read_text(encoding="utf-8"))
    with opened(read_settings(), dry_run=dry_run) as world:
        made = sign_checkpoint(world, operator(by), signer)
    typer.echo(f"Public key: {signer.verifier}", err=True)
    if dry_run:
        typer.echo(f"A log of {made.size:,} would be signed.")
    elif out is None:
        typer.echo(made.note, nl=False)
    else:
        out.write_text(made.note, encoding="utf-8")


def export(  # noqa: PLR0913 # one for each choice
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Where it goes, as .csv, .xes, .parquet or else NDJSON; it must not exist."
        ),
    ],
    account: Account = None,
    after: Annotated[
        tuple[UUID, int] | None,
        typer.Option(metavar="ID ROW", help="The watermark of an earlier export, to go on behind it."),
    ] = None,
    segment: Annotated[str | None, typer.Option(help="Only rows that the rules of this segment decided.")] = None,
    *,
    since: Annotated[str | None, typer.Option(help="Only rows recorded from this instant on.")] = None,
    until: Annotated[str | None, typer.Option(help="Only rows recorded before this instant.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted export to FILE.")] = False,
    dry_run: DryRun = False,
    by: By = None,
) -> None:
    """Write history with its proofs; that you did is recorded."""
    chosen = choose_rows(segment, _instant(since), _instant(until))
    wanted = Wanted(account, None if after is None else Watermark(*after), chosen)
    if partial_of(file).exists() and not resume:
        raise InvalidInput(f"{partial_of(file).name} is an interrupted export; add --resume to go on", path="FILE")
    with opened(read_settings(), dry_run=dry_run) as world, TemporaryDirectory() as elsewhere:
        target = Path(elsewhere) / file.name if dry_run else file
        done = export_file(world, operator(by), target, wanted, resume=resume and not dry_run)
    typer.echo(f"Exported {done.rows:,} rows to {file}; all that the log had below position {done.complete_to:,}.")
    if form_of(file) is not Form.NDJSON:
        typer.echo(f"Its proofs are in {proof_of(file)}; keep them beside it.")
    if done.watermark is not None:
        same = {"account": account, "segment": segment, "since": since, "until": until}
        chosen_by = [f"--{option} {value}" for option, value in same.items() if value is not None]
        onward = [*chosen_by, f"--after {done.watermark.account_id} {done.watermark.seq}"]
        typer.echo(f"Go on with {' '.join(onward)}")


def prove(  # one option for each part of what is proved
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the proof goes; it must not exist.")],
    account: Account = None,
    row: Annotated[int | None, typer.Option(metavar="N", help="The number of the account's row.")] = None,
    old: Annotated[int | None, typer.Option("--from", metavar="SIZE", help="The earlier checkpoint.")] = None,
    new: Annotated[int | None, typer.Option("--to", metavar="SIZE", help="The later checkpoint.")] = None,
    *,
    by: By = None,
) -> None:
    """Write a proof that others check: of one row in the signed log, or that one checkpoint grew out of another."""
    with opened(read_settings()) as world:
        if account is not None and row is not None:
            proof = prove_row(world, operator(by), account, row)
        elif old is not None and new is not None:
            proof = prove_growth(world, operator(by), old, new)
        else:
            raise InvalidInput("say what to prove: --account ID --row N, or --from SIZE --to SIZE", path="option")
    with file.open("xb") as stream:
        stream.write(orjson.dumps(proof, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def verify_export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An export.", **_FILE)],
    trust: Annotated[str | None, typer.Option(metavar="KEY", help="The public key that signed its checkpoint.")] = None,
) -> None:
    """Check an export without any store; the exit status is 1 when anything does not hold."""
    report = check_file(file, trust)
    typer.echo(f"{report.rows:,} rows, {report.entries:,} audit entries.")
    for line in _proved(report):
        typer.echo(line)
    for flaw in report.flaws:
        typer.echo(flaw)
    if report.flaws:
        raise typer.Exit(1)
    typer.echo("Everything that was checked holds.")


def erase(
    account: Annotated[UUID | None, typer.Argument(help="The account's key, or its id.", **_ACCOUNT)] = None,
    ground: Annotated[str, typer.Option(help="The law's article or the ticket; kept for ever.")] = "GDPR article 17",
    replay: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A list of erasures, for a restored backup.", **_FILE)
    ] = None,
    *,
    dry_run: DryRun = False,
    yes: Yes = False,
    by: By = None,
) -> None:
    """Erase an account by law, or replay a list; without either, print the list to keep beside the backups."""
    with opened(read_settings(), dry_run=dry_run and (account or replay) is not None) as world:
        if replay is not None:
            done = replay_erasures(world, operator(by), read_erasures(replay.read_text(encoding="utf-8")))
            typer.echo(f"Erased {sum(not each.already for each in done)} of the {len(done)} that are here.")
        elif account is None:
            typer.echo(write_erasures(erasure_list(world, operator(by))), nl=False)
        else:
            confirm("This cannot be undone.", unasked=yes or dry_run)
            erased = erase_account(world, operator(by), account, ground)
            typer.echo("It had been erased before." if erased.already else "Erased; its history stays provable.")


def erase_text(
    mark: Annotated[UUID | None, typer.Option(metavar="ID", help="The review mark, as audit entries name it.")] = None,
    author: Annotated[str | None, typer.Option(metavar="NAME", help="Everything that this reviewer wrote.")] = None,
    ground: Annotated[str, typer.Option(help="The law's article or the ticket; kept for ever.")] = "GDPR article 17",
    *,
    dry_run: DryRun = False,
    yes: Yes = False,
    by: By = None,
) -> None:
    """Erase what reviewers wrote, by law; that they did, when and about what stays, and every proof holds."""
    if (mark is None) == (author is None):
        raise InvalidInput("say which text: --mark ID, or --author NAME", path="option")
    with opened(read_settings(), dry_run=dry_run) as world:
        confirm("This cannot be undone.", unasked=yes or dry_run)
        done = erase_texts(world, operator(by), Texts(mark, author), ground)
        typer.echo(f"Erased {len(done):,} texts; the marks stay without them.")


def _write_key(path: Path, signer: Signer) -> None:
    """Write a new key so that only its owner reads it; an existing file stays as it is."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(signer.text() + "\n")


def _proved(report: ExportReport) -> list[str]:
    """What the signed checkpoint says about an export."""
    if report.root_checked:
        return ["The signed root was built again."]
    if not report.proved:
        return [f"The signed root was not checked{_why_not(report)}."]
    newer = f"; {report.newer:,} are newer than the checkpoint" if report.newer else ""
    gaps = ["They were chosen: that none of them is missing is not proved."] if report.has_gaps else []
    return [f"{report.proved:,} rows are in the signed log{newer}.", *gaps]


def _why_not(report: ExportReport) -> str:
    if report.signed and not report.newer:
        return ""
    lacking = "no row is in a checkpoint yet" if report.signed else "nothing was signed before the export"
    return f"; {lacking}, sign a checkpoint with `lifecycle-fsm checkpoint` and export again"


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    instant = take_instant(text)
    if instant is None:
        raise InvalidInput(f"{text!r} is no instant with a time zone, such as 2026-03-01T00:00:00Z", path="option")
    return instant


AUDIT = (verify, checkpoint, prove, export, verify_export, erase, erase_text)
"""The commands of auditors."""
