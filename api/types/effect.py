"""Effects as a machine lays them down, before anything is done."""

from collections.abc import Iterable

import strawberry

from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.effects import Effect
from lifecycle_fsm.services.rules import EffectWord, effect_in_words, word_of


@strawberry.type(description="Something that a move or a stage asks to be done.")
class RuleEffect:
    """An effect of the rules."""

    word: EffectWord = strawberry.field(description="What it does.")
    text: str = strawberry.field(
        description="The same with what it is about, as a clause: `open the CTA Hold the kickoff`. "
        "At most 1,000 characters."
    )


def effects_of(effects: Iterable[Effect], catalog: Catalog) -> list[RuleEffect]:
    """Show effects in their order."""
    return [RuleEffect(word=word_of(effect), text=effect_in_words(effect, catalog)) for effect in effects]
