"""Every recipe fires on one account and rests on another, with the exact effects and the exact words."""

import re
from pathlib import Path

import pytest

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.sweeping.sweep import sweep
from tests.recipes import onboarding, renewal, risk, usage
from tests.recipes.parts import parts
from tests.recipes.scenes import Scene, a_scene
from tests.recipes.table import Recipe, found
from tests.worlds import ADMIN, a_stage, definitions

RECIPES: tuple[Recipe, ...] = (*onboarding.RECIPES, *usage.RECIPES, *risk.RECIPES, *renewal.RECIPES)

ALL = {f"R{number:02}" for number in range(1, 38)}

each_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: f"{recipe.id}-{recipe.rule}")


@each_recipe
def test_it_fires(scene: Scene, recipe: Recipe) -> None:
    assert found(recipe, scene, recipe.fires) == recipe.fires

    assert sweep(scene.stage.world, ADMIN).candidates == 0
    assert verify(scene.stage.world, ADMIN).holds


@each_recipe
def test_it_rests(scene: Scene, recipe: Recipe) -> None:
    assert found(recipe, scene, recipe.rests) == recipe.rests

    acted = {name for row in scene.history() for name in (row.transition, row.subject)}
    assert recipe.rule not in acted
    assert sweep(scene.stage.world, ADMIN).candidates == 0


def test_every_recipe_is_there_both_ways() -> None:
    assert {recipe.id for recipe in RECIPES} == ALL


def test_the_definitions_name_every_recipe_and_have_no_flaw() -> None:
    files = definitions("recipes")
    text = b"\n".join(files.values()).decode()

    # The programs are kinds of fixtures, not a way that accounts go: nobody needs to land in the next one.
    assert {found.code for found in compile_configuration(files).diagnostics} <= {"leads-nowhere"}
    assert set(re.findall(r"# (R\d\d):?", text)) >= ALL


@pytest.mark.parametrize("recipe", RECIPES[5::12], ids=lambda recipe: f"{recipe.id}-{recipe.rule}")
def test_it_fires_on_either_database(database_url: str, recipe: Recipe) -> None:
    with a_stage(database_url, "recipes") as stage:
        assert found(recipe, a_scene(stage), recipe.fires) == recipe.fires


GUIDE = Path(__file__).parents[2] / "docs" / "recipes.md"


def test_the_guide_shows_each_recipe_as_it_stands_in_the_definitions() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    shown = re.findall(r"```yaml\n(.*?)\n```", text, re.DOTALL)

    assert sorted(shown) == sorted(block for _, block in parts())
    assert set(re.findall(r"^### (R\d\d)$", text, re.MULTILINE)) == ALL
