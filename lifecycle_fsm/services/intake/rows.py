"""One JSON object becomes a row that a service takes, or all that is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum

from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.intake import LONGEST_TEXT, Outside, take_instant, take_text
from lifecycle_fsm.domain.refused_row import GROUPS
from lifecycle_fsm.services.intake.milestones import MilestoneRow
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.register import AccountRow

SHOWN_BROKEN = 1_000
"""So many characters of a broken row are shown."""

WHY = "_rejected"
"""Where a file of rejected rows says why; it is passed over when the corrected file comes back."""

_SHOWN = 40
_INSTANT = "an instant with a time zone such as 2026-03-31T09:00:00Z, or a date, from 1900 to now"


class Kind(StrEnum):
    """What the rows of a batch are."""

    ACCOUNTS = "accounts"
    FACTS = "facts"
    MEASURES = "measures"
    MILESTONES = "milestones"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row, counted from 0, was refused; `path` names the value with points between, empty for the whole row."""

    index: int
    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that is not even JSON, why, and the beginning of its text."""

    message: str
    text: str = ""


def broken(message: str, line: bytes) -> BrokenRow:
    """A line that is not even JSON."""
    return BrokenRow(message, line[:SHOWN_BROKEN].decode(errors="replace").strip())


IntakeRow = AccountRow | FactRow | MilestoneRow
"""A row that can be read."""


def read_row(kind: Kind, index: int, given: object) -> IntakeRow | tuple[RowProblem, ...]:
    """Read one row; that a measure is known and its value fits is checked later."""
    if isinstance(given, BrokenRow):
        return (RowProblem(index, "", "invalid_input", given.message),)
    if not isinstance(given, dict):
        message = f"the row is {_seen(given)}; expected a JSON object"
        return (RowProblem(index, "", "invalid_input", message),)
    reader = _Reader(index, with_members(given), _KEYS[kind])
    row = _READERS[kind](reader)
    return tuple(reader.problems) if reader.problems else row


def text_in(given: object) -> str | None:
    """The printable text, without blanks around it; a whole number is its digits, as ids come. None for others."""
    return take_text(given) if isinstance(given, (str, int)) else None


def with_members(given: Mapping[object, object]) -> Mapping[object, object]:
    """The row with names such as `facts.contract` as members of an object, for senders that know flat rows only."""
    flat = {name: name.partition(".") for name in given if isinstance(name, str) and name.partition(".")[0] in GROUPS}
    if not any(point for _, point, _ in flat.values()):
        return given
    row = {name: value for name, value in given.items() if name not in flat or not flat[str(name)][1]}
    for name, (group, point, member) in flat.items():
        members = row.setdefault(group, {})
        if point and isinstance(members, dict):
            row[group] = {**members, member: given[name]}
    return row


@dataclass(slots=True)
class _Reader:
    """Takes values out of one object; whatever is wrong with it is collected."""

    index: int
    given: Mapping[object, object]
    known: tuple[str, ...]
    problems: list[RowProblem] = field(default_factory=list)

    def __post_init__(self) -> None:
        for key in self.given:
            if key not in self.known and key != WHY:
                close = get_close_matches(str(key), self.known, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"expected {', '.join(self.known)}"
                self.refuse(str(key)[:_SHOWN], f"the row has {str(key)[:_SHOWN]!r}; {hint}")

    def refuse(self, path: str, message: str) -> None:
        self.problems.append(RowProblem(self.index, path, "invalid_input", message))

    def text(self, name: str) -> str | None:
        """A printable text; None where it is absent, null or empty."""
        given = self.given.get(name)
        if given is None or given == "":
            return None
        text = text_in(given)
        if text is None:
            self.refuse(
                name, f"{name!r} is {_seen(given)}; expected a text of 1 to {LONGEST_TEXT} printable characters"
            )
        return text

    def needed(self, name: str) -> str:
        """A text that has to be there."""
        before = len(self.problems)
        text = self.text(name)
        if text is None and len(self.problems) == before:
            self.refuse(name, f"{name!r} is missing; expected a text of 1 to {LONGEST_TEXT} printable characters")
        return text or ""

    def instant(self, name: str) -> datetime | None:
        given = self.given.get(name)
        if given is None:
            return None
        instant = take_instant(given) if isinstance(given, str) else None
        if instant is None:
            self.refuse(name, f"{name!r} is {_seen(given)}; expected {_INSTANT}")
        return instant

    def value(self, name: str) -> Outside:
        return self._plain(name, self.given.get(name))

    def values(self, name: str) -> dict[str, Outside]:
        """An object of values by key, empty where it is absent."""
        given = self.given.get(name)
        if given is None:
            return {}
        if not isinstance(given, dict):
            self.refuse(name, f"{name!r} is {_seen(given)}; expected an object of values by key")
            return {}
        return {str(key): self._plain(f"{name}.{key}", value) for key, value in given.items()}

    def texts(self, name: str) -> dict[str, str]:
        """An object of texts by key; what is null or blank is left out."""
        texts = {key: value for key, value in self.values(name).items() if value is not None and value != ""}
        for key, value in texts.items():
            if take_text(value) is None:
                self.refuse(f"{name}.{key}", f"{key!r} is {_seen(value)}; expected a printable text")
        return {key: str(value) for key, value in texts.items()}

    def _plain(self, path: str, given: object) -> Outside:
        if given is None or isinstance(given, (bool, int, float, str)):
            return given
        self.refuse(path, f"the value is {_seen(given)}; expected a number, a text, true, false or null")
        return None


def _account(reader: _Reader) -> AccountRow:
    key = reader.needed("key")
    return AccountRow(
        key=key,
        name=reader.text("name") or key,
        csm=reader.text("csm"),
        attributes=reader.texts("attributes"),
        measures=reader.values("measures"),
        facts=reader.values("facts"),
        observed_at=reader.instant("observedAt"),
        stage=reader.text("stage"),
        entered_at=reader.instant("enteredAt"),
    )


def _fact(reader: _Reader) -> FactRow:
    return _observed(reader, fact=reader.needed("fact"))


def _measure(reader: _Reader) -> FactRow:
    return _observed(reader, measure=reader.needed("measure"))


def _observed(reader: _Reader, measure: str | None = None, fact: str | None = None) -> FactRow:
    key = reader.needed("account")
    if "value" not in reader.given:
        reader.refuse("value", "'value' is missing; write null for unknown")
    return FactRow(account_id_for(key), reader.value("value"), measure, fact, reader.instant("observedAt"), key)


def _milestone(reader: _Reader) -> MilestoneRow:
    key = reader.needed("account")
    return MilestoneRow(
        account_id_for(key), key, reader.needed("milestone"), reader.instant("reachedAt"), reader.text("comment")
    )


_READERS: Mapping[Kind, Callable[[_Reader], IntakeRow]] = {
    Kind.ACCOUNTS: _account,
    Kind.FACTS: _fact,
    Kind.MEASURES: _measure,
    Kind.MILESTONES: _milestone,
}

_KEYS: Mapping[Kind, tuple[str, ...]] = {
    Kind.ACCOUNTS: (
        "key", "name", "csm", "attributes", "measures", "facts", "observedAt", "stage", "enteredAt",
    ),
    Kind.FACTS: ("account", "fact", "value", "observedAt"),
    Kind.MEASURES: ("account", "measure", "value", "observedAt"),
    Kind.MILESTONES: ("account", "milestone", "reachedAt", "comment"),
}  # fmt: skip


def _seen(given: object) -> str:
    text = str(given)
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
