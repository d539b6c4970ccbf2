"""Documents as YAML that people like to read."""

import yaml

from lifecycle_fsm.definition.document import Document

WIDTH = 120

_Base = getattr(yaml, "CBaseDumper", None) or yaml.BaseDumper


class _Dumper(_Base):  # type: ignore[misc, valid-type]  # PyYAML picks its base class when it is imported
    """Write texts without quotes where they need none: readers of definitions type nothing by themselves."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        """Write equal parts out each time; aliases are not part of the language."""
        return True


_Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text))
_Dumper.add_representer(dict, lambda dumper, table: dumper.represent_mapping("tag:yaml.org,2002:map", table.items()))
_Dumper.add_representer(list, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items))


def as_yaml(document: Document) -> str:
    """Write tables and lists that hold only texts on one line, everything else as a block, in the given order."""
    text = yaml.dump(document, Dumper=_Dumper, default_flow_style=None, width=WIDTH, allow_unicode=True)
    assert isinstance(text, str)
    return text
