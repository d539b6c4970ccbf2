"""The pieces that a JSON Schema is put together from."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

Json = str | bool | int | Sequence["Json"] | Mapping[str, "Json"]
Schema = Mapping[str, Json]


def ref(name: str) -> Schema:
    """A schema that stands under `$defs`."""
    return {"$ref": f"#/$defs/{name}"}


def key(schema: Schema, description: str) -> Schema:
    """The value of a key, with what an editor says about the key."""
    return {**schema, "description": description}


def table(
    description: str, keys: Iterable[str], parts: Mapping[str, Schema], required: Iterable[str] = ()
) -> dict[str, Json]:
    """A table that has these keys and no others; `parts` describes exactly the keys that the compiler reads."""
    read = tuple(keys)
    assert parts.keys() == set(read), f"the compiler reads {sorted(read)}; described are {sorted(parts)}"
    ordered = {name: parts[name] for name in read}
    schema: dict[str, Json] = {"description": description, "type": "object", "properties": ordered}
    named = list(required)
    return {**schema, **({"required": named} if named else {}), "additionalProperties": False}


def headed(head: str, parts: Mapping[str, Schema]) -> dict[str, Json]:
    """A table that is told from others by its first key, which says what it is about."""
    return {"title": head, **table(f"{parts[head]['description']}", parts, parts, required=(head,))}


def named(entries: Schema, description: str, least: int = 0) -> dict[str, Json]:
    """A table whose keys are names that the author chooses."""
    schema: dict[str, Json] = {"description": description, "type": "object", "propertyNames": ref("name")}
    return {**schema, "additionalProperties": entries, **({"minProperties": least} if least else {})}


def listed(items: Schema) -> Schema:
    """A list that is not empty."""
    return {"type": "array", "items": items, "minItems": 1}


def pair(items: Schema) -> Schema:
    """A list of two."""
    return {"type": "array", "items": items, "minItems": 2, "maxItems": 2}


def either(*schemas: Schema) -> dict[str, Json]:
    """One of several shapes."""
    return {"anyOf": list(schemas)}


def one_or_more(schema: Schema) -> Schema:
    """One of these, or a list of them."""
    return either(schema, listed(schema))


def words(known: type[StrEnum]) -> Schema:
    """One of a few words."""
    return {"enum": [word.value for word in known]}


def exactly_one(names: Iterable[str]) -> Schema:
    """One of these keys is there, and only one."""
    return {"oneOf": [{"required": [name]} for name in names]}
