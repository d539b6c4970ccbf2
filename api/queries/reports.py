"""Queries of reports."""

from typing import Annotated

import strawberry

from api.context import Info
from api.resolvers import resolved
from api.types.reports.reports import Reports
from api.types.reports.scope import ReportScopeInput

Scope = Annotated[
    ReportScopeInput | None,
    strawberry.argument(description="What the reports are about; everything where it is left out."),
]


@strawberry.type
class ReportQueries:
    """Fields of the query root."""

    @resolved("Reports over the accounts that the caller may see.")
    def reports(self, info: Info, scope: Scope = None) -> Reports:
        """The reports of a scope."""
        return Reports(scope=(scope or ReportScopeInput()).to_domain(info.context.present()))
