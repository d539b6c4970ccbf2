"""Python text that is being written, with the objects that it names."""

import re
from collections.abc import Callable

_NAME = re.compile(r"[a-z]\w*", re.ASCII)


class Source:
    """
    Collect functions and constants, then make them real.

    Names are made here and never taken from a document, so that no text of a client
    becomes code; response keys go in as quoted constants.
    """

    def __init__(self) -> None:
        self._constants: dict[str, object] = {}
        self._known: dict[tuple[str, int], str] = {}
        self._functions: list[str] = []
        self._count = 0

    def fresh(self, prefix: str) -> str:
        """A name that was not used before."""
        self._count += 1
        return f"{prefix}{self._count}"

    def constant(self, prefix: str, value: object) -> str:
        """The name of an object; the same object has one name."""
        known = self._known.get((prefix, id(value)))
        if known is None:
            known = self._known[prefix, id(value)] = self.fresh(f"{prefix}_")
            self._constants[known] = value
        return known

    def bound(self, expression: str) -> tuple[str, str]:
        """A name for an expression's value, and what stands where it is read first."""
        if _NAME.fullmatch(expression):
            return expression, expression
        name = self.fresh("v")
        return name, f"({name} := {expression})"

    def function(self, name: str, arguments: str, lines: list[str]) -> None:
        """Add a function."""
        body = "\n".join(f"    {line}" for line in lines)
        self._functions.append(f"def {name}({arguments}):\n{body}\n")

    def made(self) -> dict[str, Callable[..., object]]:
        """Every function by its name."""
        namespace = dict(self._constants)
        exec(compile("\n".join(self._functions), "<plan>", "exec"), namespace)  # noqa: S102 # our own text
        return {name: value for name, value in namespace.items() if callable(value)}
