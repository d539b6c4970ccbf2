"""The structural difference between two versions of a segment's rules."""

import strawberry

from lifecycle_fsm.services.vocabulary import Change, Edit, Part, PartDiff


@strawberry.type(name="Edit", description="One value that differs, in the words of the language.")
class EditShown:
    """A value before and after."""

    path: str = strawberry.field(
        description="Its place inside the part, such as `when.all.0.at_least`; empty for the part itself. "
        "At most 500 characters."
    )
    before: str | None = strawberry.field(
        description="What stood there, on one line; null for what was added. At most 20,000 characters."
    )
    after: str | None = strawberry.field(
        description="What stands there, on one line; null for what was removed. At most 20,000 characters."
    )

    @classmethod
    def of(cls, edit: Edit) -> "EditShown":
        """Show an edit."""
        return cls(path=edit.path, before=edit.before, after=edit.after)


@strawberry.type(name="PartDiff", description="One part of the rules that was added, removed or changed.")
class PartDiffShown:
    """A part that differs."""

    part: Part = strawberry.field(description="What kind of part it is.")
    key: str = strawberry.field(
        description="Its stable key: a stage's, an alert's or a measure's own, `stage.transition`, "
        "`section.entry` of the catalog, or the segment's. At most 300 characters."
    )
    change: Change = strawberry.field(description="What became of it.")
    edits: list[EditShown] = strawberry.field(description="The values that differ; at most 1,000.")

    @classmethod
    def of(cls, diff: PartDiff) -> "PartDiffShown":
        """Show a part."""
        return cls(part=diff.part, key=diff.key, change=diff.change, edits=[EditShown.of(edit) for edit in diff.edits])
