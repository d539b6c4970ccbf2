"""How a CTA ends."""

from dataclasses import replace
from datetime import datetime

from lifecycle_fsm.domain.cta import CloseSource, Cta, CtaOutcome, CtaStatus
from lifecycle_fsm.domain.lifecycle import Lifecycle


def ended(lifecycle: Lifecycle, cta: Cta, outcome: CtaOutcome, source: CloseSource, as_of: datetime) -> Cta:
    """The CTA once the row that the lifecycle stands at has closed it; it does not rest any more."""
    return replace(
        cta,
        status=CtaStatus.CLOSED,
        outcome=outcome,
        closed_at=as_of,
        close_source=source,
        closed_seq=lifecycle.revision,
        snoozed_until=None,
    )
