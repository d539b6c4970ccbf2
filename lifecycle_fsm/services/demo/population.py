"""Made-up accounts: who they are, and how they will fare."""

from dataclasses import dataclass
from random import Random

CSMS = ("Ada Okafor", "Ben Sato", "Carla Nunes", "Dev Patel", "Elif Kaya", "Finn Berg")

_FIRST = (
    "Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper",
    "Kestrel", "Lumen", "Maple", "Nimbus", "Orchard", "Pinnacle", "Quarry", "Raven", "Summit", "Tidal",
)  # fmt: skip
_SECOND = (
    "Analytics", "Biotech", "Clinics", "Energy", "Foods", "Freight", "Games", "Housing", "Insurance",
    "Learning", "Logistics", "Media", "Motors", "Networks", "Optics", "Retail", "Robotics", "Travel",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trouble:
    """A stretch of days, counted from the contract's start, in which usage is poor."""

    begins: int
    ends: int
    depth: float

    def factor(self, day: int) -> float:
        """What is left of usage on a day: 1 outside, 1 less `depth` inside."""
        return 1.0 - self.depth if self.begins <= day < self.ends else 1.0


@dataclass(frozen=True, slots=True)
class Fate:
    """
    How one account will fare; spans are days.

    `zeal` is how much of the product it will come to use, 0 to 1. `set_up_days` is how
    long its set-up takes, `login_day` and `value_day` when it first logs in and first
    gets value. `renews` says how each of its renewals ends.
    """

    zeal: float
    set_up_days: int
    login_day: int
    value_day: int
    troubles: tuple[Trouble, ...]
    renews: tuple[bool, ...]
    sponsor: float


@dataclass(frozen=True, slots=True)
class Character:
    """One made-up account; `starts` is the day of the play on which its contract starts."""

    number: int
    name: str
    arr: float
    csm: str | None
    starts: int
    fate: Fate

    @property
    def key(self) -> str:
        """Its id in the made-up system of record."""
        return f"A-{self.number:04}"

    @property
    def is_touched(self) -> bool:
        """Whether people work with it, rather than data alone."""
        return self.csm is not None


def make_population(size: int, days: int, seed: int) -> tuple[Character, ...]:
    """The same accounts for the same size, days and seed; one in seven is an enterprise, half are small."""
    random = Random(seed)
    names = [f"{first} {second}" for first in _FIRST for second in _SECOND]
    random.shuffle(names)
    return tuple(_character(random, number, names[number % len(names)], days) for number in range(size))


def _character(random: Random, number: int, name: str, days: int) -> Character:
    arr = _arr(random)
    csm = random.choice(CSMS) if arr >= 20_000 else None
    starts = _starts(random, days)
    return Character(number, name, arr, csm, starts, _fate(random, arr))


def _starts(random: Random, days: int) -> int:
    """Most contracts start early in the play; one in eight in its last weeks, so that every stage has accounts."""
    if random.random() < 0.125:
        return max(0, days - random.randrange(3, 75))
    return int((days - 2) * random.random() ** 1.15)


def _arr(random: Random) -> float:
    size = random.random()
    if size < 0.15:
        return float(random.randrange(100_000, 600_000, 5_000))
    if size < 0.5:
        return float(random.randrange(20_000, 100_000, 1_000))
    return float(random.randrange(2_000, 20_000, 100))


def _fate(random: Random, arr: float) -> Fate:
    zeal = min(1.0, max(0.05, random.gauss(0.62, 0.2)))
    usual = 45 if arr >= 100_000 else 32 if arr >= 20_000 else 12
    stalled = 3.5 if random.random() < 0.12 else 1.0
    set_up_days = max(4, int(usual * stalled * random.lognormvariate(0.0, 0.4) * (1.5 - zeal)))
    return Fate(
        zeal=zeal,
        set_up_days=set_up_days,
        login_day=max(1, int(random.expovariate(1 / (3 + 8 * (1 - zeal))))),
        value_day=set_up_days + random.randrange(3, 30),
        troubles=_troubles(random, zeal),
        renews=tuple(random.random() < 0.55 + 0.5 * zeal for _ in range(3)),
        sponsor=min(10.0, max(0.0, random.gauss(5.5 + 4 * zeal, 1.2))),
    )


def _troubles(random: Random, zeal: float) -> tuple[Trouble, ...]:
    count = sum(random.random() < chance for chance in (1.1 - zeal, 0.5 - zeal / 2))
    begins = [random.randrange(90, 600) for _ in range(count)]
    return tuple(Trouble(day, day + random.randrange(25, 90), random.uniform(0.35, 0.9)) for day in sorted(begins))
