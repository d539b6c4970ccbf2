"""Portfolios as tokens keep them: in whole, and in the words of the release before."""

from collections.abc import Mapping
from uuid import UUID

import orjson

from lifecycle_fsm.domain.access import EVERYTHING, Portfolio


def keep_portfolio(portfolio: Portfolio) -> Mapping[str, str | None]:
    """
    The columns of a token that hold a portfolio.

    The release before knows one CSM and segments. What it cannot say is no account at all to it:
    while it still serves, a token may see too little, never too much.
    """
    csms, is_old = portfolio.csms, portfolio.accounts is None and (portfolio.csms is None or len(portfolio.csms) == 1)
    return {
        "portfolio": None if portfolio == EVERYTHING else _written(portfolio),
        "portfolio_csm": next(iter(csms)) if csms and is_old else None,
        "portfolio_segments": _listed(portfolio.segments if is_old else frozenset()),
    }


def kept_portfolio(whole: str | None, csm: str | None, segments: str | None) -> Portfolio:
    """The portfolio that the columns of a token hold; tokens of the release before lack the first."""
    if whole is None:
        csms = None if csm is None else frozenset({csm})
        return Portfolio(csms, None if segments is None else frozenset(orjson.loads(segments)))
    said = orjson.loads(whole)
    accounts = _names(said.get("accounts"))
    ids = None if accounts is None else frozenset(UUID(hex=each) for each in accounts)
    return Portfolio(_names(said.get("csms")), _names(said.get("segments")), ids)


def _written(portfolio: Portfolio) -> str:
    ids = None if portfolio.accounts is None else frozenset(each.hex for each in portfolio.accounts)
    kinds = {"csms": portfolio.csms, "segments": portfolio.segments, "accounts": ids}
    said = {kind: sorted(names) for kind, names in kinds.items() if names is not None}
    return orjson.dumps(said).decode()


def _names(given: list[str] | None) -> frozenset[str] | None:
    return None if given is None else frozenset(given)


def _listed(names: frozenset[str] | None) -> str | None:
    return None if names is None else orjson.dumps(sorted(names)).decode()
