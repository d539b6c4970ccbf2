"""Portfolios of tokens: kept in whole, and never wider to the release before than they are."""

from uuid import UUID

import pytest

from lifecycle_fsm.domain.access import EVERYTHING, Portfolio
from lifecycle_fsm.store.kept_portfolios import keep_portfolio, kept_portfolio

ADA, BOTH, STARTER, NONE = frozenset({"ada"}), frozenset({"ada", "bo"}), frozenset({"starter"}), frozenset[str]()
ACME = frozenset({UUID(int=7)})


@pytest.mark.parametrize(
    ("portfolio", "before"),
    [
        (EVERYTHING, (None, None)),
        (Portfolio(ADA), ("ada", None)),
        (Portfolio(ADA, STARTER), ("ada", '["starter"]')),
        (Portfolio(segments=NONE), (None, "[]")),
        (Portfolio(BOTH, STARTER), (None, "[]")),
        (Portfolio(NONE), (None, "[]")),
        (Portfolio(ADA, None, ACME), (None, "[]")),
        (Portfolio(accounts=ACME), (None, "[]")),
        (Portfolio(accounts=frozenset()), (None, "[]")),
    ],
)
def test_a_portfolio_is_kept_and_the_release_before_reads_no_more(
    portfolio: Portfolio, before: tuple[str | None, str | None]
) -> None:
    kept = keep_portfolio(portfolio)

    columns = (kept["portfolio_csm"], kept["portfolio_segments"])
    assert columns == before
    assert kept_portfolio(kept["portfolio"], *columns) == portfolio


def test_tokens_of_the_release_before_keep_their_limits() -> None:
    assert kept_portfolio(None, "ada", '["starter"]') == Portfolio(ADA, STARTER)
    assert kept_portfolio(None, None, None) == EVERYTHING
