"""What has an id that can be asked for again."""

import strawberry

from api.resolvers import resolved


@strawberry.interface(description="Anything that can be read again by its id.")
class Node:
    """An object with a global id."""

    @resolved("Opaque and the same for ever; at most 500 characters. Give it to `node`, never take it apart.")
    def id(self) -> strawberry.ID:
        """Every type that implements the interface gives its own."""
        raise NotImplementedError
