"""Why a query is left to graphql-core."""


class NotPlannable(Exception):
    """The operation has a part that plans do not cover."""


class Surprise(Exception):
    """A value came that the schema does not promise; graphql-core says exactly what is wrong with it."""


def surprise() -> object:
    """Stop a plan in the middle of an expression."""
    raise Surprise
