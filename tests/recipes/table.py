"""What a row of the tables of recipes holds, and how it is tried."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lifecycle_fsm.domain.cta import Cta
from tests.recipes.scenes import Scene, Steps


@dataclass(frozen=True)
class Outcome:
    """
    What is to be found after the steps, and the exact words of the product about the rule.

    `ctas` are all CTAs, the closed ones too, each as `said_of` writes it; `milestones` all dates reached.
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
    """A CTA on one line: `kickoff_call: lifecycle kickoff medium new, due 2026-03-16, ada, kickoff`."""
    status = cta.status if cta.is_open else f"{cta.outcome} by {cta.close_source}"
    named = [cta.playbook, cta.subject, "flagged" if cta.flagged else None]
    kind = f"{cta.template}: {cta.type} {cta.reason} {cta.priority} {status}"
    return ", ".join([kind, f"due {cta.due_at:%Y-%m-%d}", cta.owner, *filter(None, named)])


def found(recipe: Recipe, scene: Scene, expected: Outcome) -> Outcome:
    """Try the steps on a scene; what is found, in the shape of what is expected."""
    expected.steps(scene)
    view = scene.see()
    return Outcome(
        steps=expected.steps,
        stage=view.lifecycle.stage,
        text=scene.health(recipe.rule) if recipe.is_measure else scene.why(recipe.rule),
        ctas=tuple(sorted(map(said_of, view.lifecycle.ctas))),
        milestones={key: f"{at:%Y-%m-%d}" for key, at in sorted(view.lifecycle.milestones.items())},
    )
