"""Accounts written as JSON from their rows: which selections can be, and how."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from json.encoder import encode_basestring as quoted
from uuid import UUID

import orjson

from api.asked import Asked, Slots
from api.ids import global_id
from api.pagination import page_request
from api.scalars import write_duration, write_instant
from api.types.log_shape import LogPage, log_page
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.services.account_lines import Line, Place, StageNow, Wanted

Part = Callable[[Line], str]
"""Writes one key of an object with its value."""


def _or_null(text: str | None) -> str:
    return "null" if text is None else quoted(text)


def _float(value: float | None) -> str:
    return "null" if value is None else orjson.dumps(value).decode()


_BANDS: Mapping[Band | None, str] = {None: "null", **{band: f'"{band.name}"' for band in Band}}
_PACES: Mapping[Pace, str] = {pace: f'"{pace.name}"' for pace in Pace}
_FLAGS = {True: "true", False: "false"}


def _column(place: Place) -> Callable[[str], Part]:
    return lambda prefix: lambda line: prefix + quoted(line[0][place])  # type: ignore[arg-type] # a text


def _optional(place: Place) -> Callable[[str], Part]:
    return lambda prefix: lambda line: prefix + _or_null(line[0][place])  # type: ignore[arg-type] # a text or none


def _account_id(prefix: str) -> Part:
    return lambda line: f'{prefix}"{global_id("Account", account_id_of(line))}"'


_COLUMNS: Mapping[str, Callable[[str], Part]] = {
    "id": _account_id,
    "key": _column(Place.KEY),
    "name": _column(Place.NAME),
    "csm": _optional(Place.CSM),
    "csmName": _optional(Place.CSM_NAME),
    "revision": lambda prefix: lambda line: f"{prefix}{line[0][Place.REVISION]}",
}

_STAGE: Mapping[str, Callable[[StageNow], str]] = {
    "key": lambda stage: quoted(stage.key),
    "title": lambda stage: quoted(stage.title),
    "isFinal": lambda stage: _FLAGS[stage.is_final],
    "enteredAt": lambda stage: f'"{write_instant(stage.entered_at)}"',
    "pace": lambda stage: _PACES[stage.pace],
    "timeInStage": lambda stage: f'"{write_duration(stage.time_in_stage)}"',
    "daysInStage": lambda stage: str(stage.time_in_stage.days),
    "cameFrom": lambda stage: _or_null(stage.came_from),
    "__typename": lambda _: '"CurrentStage"',
}

_HEALTH: Mapping[str, Callable[[tuple[float | None, Band | None]], str]] = {
    "score": lambda health: _float(health[0]),
    "band": lambda health: _BANDS[health[1]],
    "__typename": lambda _: '"Health"',
}


_OBJECTS: Mapping[str, Set[str]] = {"stage": _STAGE.keys(), "health": _HEALTH.keys()}


@dataclass(frozen=True, slots=True)
class AccountText:
    """How accounts are written for one selection."""

    asked: tuple[Asked, ...]
    pages: tuple[tuple[Asked, LogPage], ...]

    def wanted(self, slots: Slots) -> Wanted:
        """
        What a run has to read.

        Raises:
            InvalidInput: the size of a page is none.
        """
        names = {each.name for each in self.asked}
        histories = tuple((page.shape, _size(asked, slots)) for asked, page in self.pages)
        return Wanted("stage" in names, "health" in names, histories)

    def writer(self, wanted: Wanted) -> Callable[[Line], str]:
        """What writes an account of a run; null is for whoever has none."""
        parts = [self._part(each, wanted) for each in self.asked]
        return lambda line: f"{{{','.join([part(line) for part in parts])}}}"

    def _part(self, asked: Asked, wanted: Wanted) -> Part:
        prefix = f'"{asked.key}":'
        if asked.name == "__typename":
            return lambda _: f'{prefix}"Account"'
        if asked.name in _COLUMNS:
            return _COLUMNS[asked.name](prefix)
        if asked.name == "stage":
            return _stage(asked, prefix)
        return _health(asked, prefix) if asked.name == "health" else self._history(asked, prefix, wanted)

    def _history(self, asked: Asked, prefix: str, wanted: Wanted) -> Part:
        # Pages of history are the last columns of a row.
        place = next(place for place, (each, _) in enumerate(self.pages) if each is asked)
        page, column, size = self.pages[place][1], place - len(self.pages), wanted.histories[place][1]
        return lambda line: prefix + page.text(line[0][column], line[0][Place.REVISION], size)  # type: ignore[arg-type] # a text and a number


def account_text(asked: Sequence[Asked]) -> AccountText | None:
    """How accounts of which this is asked are written; None where rows do not say enough."""
    if not all(map(_is_writable, asked)):
        return None
    pages = [(each, log_page(each.below)) for each in asked if each.name == "history"]
    found = tuple((each, page) for each, page in pages if page is not None and each.given == {"first"})
    return AccountText(tuple(asked), found) if len(found) == len(pages) else None


def _is_writable(asked: Asked) -> bool:
    """Whether rows answer a field of an account; of history that is said by its page."""
    below = {each.name for each in asked.below}
    if asked.name in _OBJECTS:
        return below <= _OBJECTS[asked.name]
    return asked.name in _COLUMNS or asked.name in {"history", "__typename"}


def _size(asked: Asked, slots: Slots) -> int:
    """How many rows of history a run asks for."""
    return page_request(asked.arguments_in(slots).get("first"), None, None, None, with_total=False).size


def account_id_of(line: Line) -> UUID:
    """Whose line it is."""
    account_id: UUID = line[0][Place.ID]  # type: ignore[assignment] # the column says so
    return account_id


def _stage(asked: Asked, prefix: str) -> Part:
    parts = [(f'"{each.key}":', _STAGE[each.name]) for each in asked.below]

    def written(line: Line) -> str:
        stage = line.stage
        if stage is None:
            return f"{prefix}null"
        return f"{prefix}{{{','.join([key + write(stage) for key, write in parts])}}}"

    return written


def _health(asked: Asked, prefix: str) -> Part:
    parts = [(f'"{each.key}":', _HEALTH[each.name]) for each in asked.below]
    return lambda line: f"{prefix}{{{','.join([key + write(line.health) for key, write in parts])}}}"
