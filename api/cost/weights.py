"""
What fields cost beside the objects that they give: the one table, which the schema shows as directives.

Every object counts 1 and everything in it comes on top; a leaf counts nothing. A list counts
what is in it as often as it is long: `first` or `last`, else what is assumed here.
"""

from collections.abc import Mapping

LONGEST_PAGE = 100
"""How long a page without a size, or with one that is refused, is taken to be."""

USUAL_LENGTH = 5
"""How long a list without a size is taken to be."""

MUTATION = 10
"""The weight of a mutation that has none of its own."""

TOTAL = 10
"""The weight of `totalCount`, which counts the whole list."""

WEIGHTS: Mapping[str, int] = {
    "Query.__schema": 100,
    "Query.__type": 10,
    "Query.accountsAdrift": 100,
    "Query.checkConfiguration": 50,
    "Query.operations": 20,
    "Query.separationOfDuties": 500,
    "Query.simulateConfiguration": 5_000,
    "Query.verifyHistory": 1_000,
    "Account.alerts": 5,
    "Account.at": 20,
    "Account.availableTransitions": 5,
    "Account.difference": 40,
    "Account.healthAt": 20,
    "Account.measureHistory": 20,
    "Account.whyNot": 20,
    "Machine.catalog": 5,
    "Machine.definition": 5,
    "Machine.export": 20,
    "Mutation.applyConfiguration": 500,
    "Mutation.planConfiguration": 5_000,
    "Mutation.rehearseSweep": 5_000,
    "Mutation.startSweep": 50,
    "Mutation.undoRun": 500,
}
"""By `Type.field`; what is counted once for every object that the field is asked of."""

REPORT = 200
"""The weight of a report, which reads every account of its scope."""

REPORTS = "Reports"

LENGTHS: Mapping[str, int] = {
    "ConfigurationCheck.diagnostics": 20,
    "Query.people": 50,
    "Query.segments": 10,
    "Account.stageVisits": 10,
    "CtaAges.ages": 4,
    "CtasChanged.rows": 50,
}
"""How long lists without a size are assumed to be, where that is not the usual length."""


def weight_of(type_name: str, field: str, *, is_mutation: bool = False) -> int:
    """What the field of a type costs beside its objects."""
    found = WEIGHTS.get(f"{type_name}.{field}")
    if found is not None:
        return found
    if type_name == REPORTS:
        return REPORT
    if is_mutation:
        return MUTATION
    return TOTAL if field == "totalCount" and type_name.endswith("Connection") else 0
