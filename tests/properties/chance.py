"""How chances are drawn where an example writes to a store: the same ones each time, and none is made smaller."""

from hypothesis import HealthCheck, Phase, settings


def same_chances(examples: int) -> settings:
    """So many examples, the same in each run: shrinking one would play a store again for each step."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
