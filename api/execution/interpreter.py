"""graphql-core as we run it."""

import warnings
import weakref
from collections.abc import Coroutine
from inspect import iscoroutine
from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

warnings.filterwarnings("ignore", "coroutine 'Executor\\.", RuntimeWarning)
"""What graphql-core made itself and had not begun when an operation was given up does nothing; it is nobody's fault."""


class Interpreter(StrawberryGraphQLCoreExecutionContext):
    """
    An executor that closes what it does not come to.

    Where a field fails, graphql-core cancels those beside it. It forgets what resolvers gave for fields
    that had not begun, and Python complains about each of them in the log of the server.
    """

    def complete_awaitable_value(self, *given: Any) -> Coroutine[Any, Any, Any]:  # noqa: ANN401 # as graphql-core has it
        """Await what a resolver gave, the fifth of what is given, or close it when nobody awaits this."""
        completing = super().complete_awaitable_value(*given)
        result = given[4]
        if iscoroutine(result):
            weakref.finalize(completing, result.close)
        return completing
