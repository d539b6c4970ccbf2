"""What a made-up account sends in on a day: measures, facts and first times."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sin
from random import Random

from lifecycle_fsm.services.demo.population import Character

TERM = 365
NOTICE_DAYS = 50
RENEWAL_LEAD = 25


@dataclass(frozen=True, slots=True)
class Signal:
    """One value of a measure or, with `is_fact`, of a fact; a date is a day of the play."""

    key: str
    value: float | int | str
    is_fact: bool = False


def signals_of(character: Character, day: int) -> Iterator[Signal]:
    """Everything that an account sends in, so many days after its contract's start; most days nothing."""
    yield from _contract(character, day)
    if (day + character.number) % 7 == 0:
        yield from _usage(character, day)
    if (day + character.number) % 28 == 0:
        yield from _monthly(character, day)
    if day % 90 == 60:
        yield Signal("sentiment.exec_nps", _nps(character, day))


def setup_on(character: Character, day: int) -> float:
    """Set-up completion in percent; an S-shaped way to the end."""
    share = min(1.0, max(0.0, day / character.fate.set_up_days))
    return round(100 * share * share * (3 - 2 * share), 1)


def usage_on(character: Character, day: int) -> float:
    """How much of its usual use an account makes on a day, 0 to 1."""
    fate = character.fate
    if day < fate.login_day:
        return 0.0
    grown = min(1.0, (day - fate.login_day) / 60)
    season = 1 + 0.06 * sin(day / 29 + character.number)
    usage = fate.zeal * grown * season * _dice(character, day).uniform(0.93, 1.07)
    for trouble in fate.troubles:
        usage *= trouble.factor(day)
    return min(1.0, usage)


def date_after(character: Character, days: int) -> int:
    """A date as the number of the play's day; the play turns it into a calendar date."""
    return character.starts + days


def is_churned(character: Character, day: int) -> bool:
    """Whether the account has ended its contract by that day."""
    return any(day >= TERM * (term + 1) and not renews for term, renews in enumerate(character.fate.renews))


def _contract(character: Character, day: int) -> Iterator[Signal]:
    term, into = divmod(day, TERM)
    renews = character.fate.renews
    if day == 0:
        yield Signal("account.arr", character.arr, is_fact=True)
        yield Signal("account.status", "active", is_fact=True)
        yield Signal("account.notice_given", 0, is_fact=True)
        yield Signal("account.contract_start", date_after(character, 0), is_fact=True)
        yield Signal("account.renewal_on", date_after(character, TERM), is_fact=True)
    elif into == 0 and not renews[term - 1]:
        yield Signal("account.status", "churned", is_fact=True)
    elif into == TERM - RENEWAL_LEAD and renews[term]:
        yield Signal("account.renewal_on", date_after(character, TERM * (term + 2)), is_fact=True)
        yield Signal("account.contract_renewed_on", date_after(character, day), is_fact=True)
    elif into == TERM - NOTICE_DAYS and not renews[term]:
        yield Signal("account.notice_given", 1, is_fact=True)


def _usage(character: Character, day: int) -> Iterator[Signal]:
    usage = usage_on(character, day)
    if day <= character.fate.set_up_days + 14:
        yield Signal("setup_completion", setup_on(character, day))
    yield Signal("usage.wau_ratio", round(usage * 0.85, 3))
    yield Signal("usage.logins_30d", int(usage * _licences(character) * 6))
    yield Signal("usage.feature_depth", round(100 * usage * min(1.0, day / 150), 1))


def _monthly(character: Character, day: int) -> Iterator[Signal]:
    dice = _dice(character, day)
    tickets = int(dice.expovariate(1 / (1.2 + 3 * (1 - usage_on(character, day)))))
    if day > character.fate.set_up_days + 14:
        yield Signal("setup_completion", 100.0)
    yield Signal("engagement.meetings_90d", int(character.fate.zeal * 5 * dice.uniform(0.5, 1.3)))
    yield Signal("support.open_tickets", tickets)
    yield Signal("support.urgent_case_age", dice.randrange(3, 30) if tickets >= 6 else 0)


def _nps(character: Character, day: int) -> int:
    usage = usage_on(character, day)
    return round(min(10.0, max(0.0, character.fate.sponsor + 3 * (usage - character.fate.zeal))))


def _licences(character: Character) -> float:
    return max(3.0, character.arr / 1_500)


def _dice(character: Character, day: int) -> Random:
    return Random(character.number * 10_007 + day)
