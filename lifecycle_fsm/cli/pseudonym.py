"""`lifecycle-fsm pseudonym`: the word by which the log calls an account or a person."""

from enum import StrEnum
from typing import Annotated

import typer

from lifecycle_fsm.cli.account import account_of
from lifecycle_fsm.cli.telemetry import log_key
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.settings import read_settings
from lifecycle_fsm.telemetry.logs import pseudonym as word_of


class Kind(StrEnum):
    """What the log has pseudonyms for."""

    ACCOUNT = "account"
    ACTOR = "actor"


def pseudonym(
    kind: Annotated[Kind, typer.Argument(help="What is meant.")],
    name: Annotated[str, typer.Argument(help="The account's key or id, or the person's name as history shows it.")],
) -> None:
    """Say what the log calls an account or a person; LIFECYCLE_LOG_KEY has to be that of the process that logged."""
    settings = read_settings()
    if settings.log_key is None:
        raise InvalidInput("without LIFECYCLE_LOG_KEY every start has other pseudonyms; set it", path="environment")
    typer.echo(word_of(log_key(settings), kind.value, str(account_of(name)) if kind is Kind.ACCOUNT else name))
