"""What a CTA template lays down about its CTAs: who works them, when they are due, what they are about."""

from dataclasses import dataclass

CSM = "csm"
"""The owner word for the account's CSM."""
CSM_LEAD = "csm_lead"
"""The owner word for the lead of the account's CSM."""


@dataclass(frozen=True, slots=True)
class OwnerFromFact:
    """The owner whom a text fact of the account names."""

    fact: str


OwnerRule = str | OwnerFromFact
"""Who works a CTA: the words `csm` and `csm_lead`, a fact that names a person, or a fixed name."""


@dataclass(frozen=True, slots=True)
class DueIn:
    """So many days after the opening; business days skip week-ends and holidays of the account's calendar."""

    days: int
    business: bool = False

    @property
    def text(self) -> str:
        """As a definition writes it: `14d`, `10bd`."""
        return f"{self.days}{'bd' if self.business else 'd'}"


@dataclass(frozen=True, slots=True)
class FromDate:
    """So many days before or after a date fact, if that date is known and the day lies ahead."""

    fact: str
    by: DueIn


@dataclass(frozen=True, slots=True)
class SubjectRule:
    """What a CTA is about: the `kind` of thing, and the text fact of the account that names which one."""

    kind: str
    fact: str


def subject_text(kind: str, reference: str) -> str:
    """A subject as one text, which makes part of the identity: `contract:C-17`."""
    return f"{kind}:{reference}"
