"""How chances are drawn where an example writes to a store: none is made smaller."""

from hypothesis import HealthCheck, Phase, settings


def chances(examples: int) -> settings:
    """So many examples: shrinking one would play a store again for each step."""
    return settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
