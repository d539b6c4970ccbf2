"""What a setting takes, in the words of whoever sets it."""

from collections.abc import Mapping
from typing import Any

_WORDS: Mapping[str, str] = {
    "int_parsing": "expected a whole number",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_parsing": "expected a number",
    "float_type": "expected a number",
    "bool_parsing": "expected true or false",
    "bool_type": "expected true or false",
    "dict_type": "expected a JSON object",
    "string_type": "expected a text",
    "string_too_short": "expected a text that is not empty",
    "string_pattern_mismatch": "expected an address that begins with http:// or https:// and holds no space",
    "greater_than_equal": "expected at least {ge}",
    "less_than_equal": "expected at most {le}",
    "enum": "expected {expected}",
    "literal_error": "expected {expected}",
}


def expected(error: Mapping[str, Any]) -> str:
    """What was expected instead of a wrong value; in the words of the check where there are none of ours."""
    words, said = _WORDS.get(error["type"]), error["msg"].removeprefix("Value error, ")
    return f"{said[:1].lower()}{said[1:]}" if words is None else words.format(**error.get("ctx", {}))
