"""The closed sets of the product, by subject; whoever imports one has all of them told to GraphQL."""

from api.types.enums import accounts, configuration, ctas, history, intake
from api.types.enums.own import EffectKind, Truth, truth_of

__all__ = ["EffectKind", "Truth", "accounts", "configuration", "ctas", "history", "intake", "truth_of"]
