"""What a row of the tables of recipes holds, and how it is tried."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lifecycle_fsm.domain.cta import Cta
from tests.recipes.scenes import Scene, Steps


@dataclass(frozen=True)
class Outcome:
    """
    What is to be found after the steps, and the exact words of the product about the rule.

    `ctas` are all open CTAs, each as `said_of` writes it; `milestones` all dates reached.
    """

    steps: Steps
    stage: str
    text: str
    ctas: tuple[str, ...] = ()
    milestones: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipe:
    """One rule by its number: `rule` is its key in the definition, or the measure where `is_measure`."""

    id: str
    rule: str
    fires: Outcome
    rests: Outcome
    is_measure: bool = False


def said_of(cta: Cta) -> str:
    """A CTA on one line: `kickoff_call: lifecycle kickoff medium new, due 2026-03-16, ada, new_customer_kickoff`."""
    kind = f"{cta.type} {cta.reason} {cta.priority} {cta.status}"
    return f"{cta.template}: {kind}, due {cta.due_at:%Y-%m-%d}, {cta.owner}, {cta.playbook or 'no playbook'}"


def found(recipe: Recipe, scene: Scene, expected: Outcome) -> Outcome:
    """Try the steps on a scene; what is found, in the shape of what is expected."""
    expected.steps(scene)
    view = scene.see()
    return Outcome(
        steps=expected.steps,
        stage=view.lifecycle.stage,
        text=scene.health(recipe.rule) if recipe.is_measure else scene.why(recipe.rule),
        ctas=tuple(sorted(said_of(cta) for cta in scene.open().values())),
        milestones={key: f"{at:%Y-%m-%d}" for key, at in sorted(view.lifecycle.milestones.items())},
    )
