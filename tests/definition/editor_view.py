"""What an editor makes of a definition: YAML 1.2 with its implicit types, unlike our reader, to which all is text."""

import re

import yaml


class _CoreSchema(yaml.SafeLoader):
    """Resolve plain scalars as the core schema of YAML 1.2 does."""


_CoreSchema.yaml_implicit_resolvers = {}


def _resolve(tag: str, pattern: str, first: str) -> None:
    _CoreSchema.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


_resolve("null", "~|null|Null|NULL|", "~nN\0")
_CoreSchema.yaml_implicit_resolvers[""] = _CoreSchema.yaml_implicit_resolvers.pop("\0")
_resolve("bool", "true|True|TRUE|false|False|FALSE", "tTfF")
_resolve("int", r"[-+]?[0-9]+", "-+0123456789")
_resolve("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789")
_resolve("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+.")
_CoreSchema.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))
_CoreSchema.add_constructor("tag:yaml.org,2002:float", lambda _, node: _float(node.value))


def _float(text: str) -> float:
    return float(text.replace(".", "", 1)) if text.lstrip("+-").startswith((".i", ".I", ".n", ".N")) else float(text)


def editor_view(text: str) -> object:
    """The values of a document as an editor validates them."""
    return yaml.load(text, _CoreSchema)
