"""
Milliseconds to compile and check a seven-stage segment, beside composing its YAML alone.

Also the time per question about one or two guards. The contenders take turns; the figure
is the median of the rounds, in CPU time. Run: python -m benchmarks.check
"""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time_ns

import yaml

from lifecycle_fsm.definition.catalog import compile_catalog
from lifecycle_fsm.definition.checks import check
from lifecycle_fsm.definition.compile import Draft, compile_segment
from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.diagnostics import Diagnostic, Findings
from lifecycle_fsm.definition.source import read_source
from lifecycle_fsm.definition.vocabulary import Vocabulary
from lifecycle_fsm.engine.machine import AUTO, Machine
from lifecycle_fsm.guards.boxes.questions import implies, overlap, satisfiable
from lifecycle_fsm.guards.model import Guard

ROUNDS = 41
DEMO = Path(__file__).parents[1] / "fixtures" / "demo"
SEGMENT = "segments/seven.yaml"


def seven_stages() -> dict[str, bytes]:
    """The largest segment of the demo with its first two stages as one, and its catalog."""
    text = (DEMO / "segments" / "enterprise.yaml").read_text(encoding="utf-8")
    start, end = text.index("  kicked_off:\n    title"), text.index("  onboarding:\n    title")
    text = text[:start] + text[end:]
    text = text.replace("to: kicked_off", "to: onboarding").replace("segment: enterprise", "segment: seven")
    text = text.replace(
        "    kicked_off:\n      usage.wau_ratio: {weight: 0}\n      usage.feature_depth: {weight: 0}\n", ""
    )
    text = text.replace("kicked_off, onboarding]", "onboarding]")
    return {"catalog.yaml": (DEMO / "catalog.yaml").read_bytes(), SEGMENT: text.encode()}


def milliseconds(work: Callable[[], object]) -> float:
    start = process_time_ns()
    work()
    return (process_time_ns() - start) / 1e6


def compare(contenders: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median of each contender, taking turns."""
    rounds = [{name: milliseconds(work) for name, work in contenders.items()} for _ in range(ROUNDS)]
    return {name: median(each[name] for each in rounds) for name in contenders}


def compose(content: bytes) -> object:
    return yaml.compose(content, Loader=yaml.CSafeLoader)


def vocabulary_of(files: dict[str, bytes]) -> Vocabulary:
    findings = Findings()
    root = read_source("catalog.yaml", files["catalog.yaml"], findings)
    assert root is not None
    return compile_catalog(root, findings)


def checked(content: bytes, vocabulary: Vocabulary) -> tuple[Diagnostic, ...]:
    """What an editor asks for while a segment is written: read it, compile it, check it."""
    findings = Findings()
    root = read_source(SEGMENT, content, findings)
    assert root is not None
    draft = compile_segment(root, vocabulary, findings)
    assert draft is not None
    return tuple(check(draft))


def report_file(files: dict[str, bytes], draft: Draft) -> None:
    machine, vocabulary = draft.machine, vocabulary_of(files)
    found = compare(
        {
            "compose the segment's YAML (floor)": lambda: compose(files[SEGMENT]),
            "check the compiled segment": lambda: tuple(check(draft)),
            "read, compile and check the segment": lambda: checked(files[SEGMENT], vocabulary),
            "compose both files' YAML (floor)": lambda: [compose(content) for content in files.values()],
            "compile and check catalog and segment": lambda: compile_configuration(files),
        }
    )
    print(f"{len(machine.stages)} stages, {len(machine.transitions)} transitions, {len(machine.alerts)} alerts")
    for name, figure in found.items():
        print(f"{name:<40}{figure:>8.2f} ms")


def report_pairs(machine: Machine) -> None:
    guards: list[Guard] = [transition.guard(AUTO) for transition in machine.transitions]
    pairs = [(first, second) for first in guards for second in guards]
    found = compare(
        {
            "can be true": lambda: [satisfiable(guard) for guard in guards],
            "overlap": lambda: [overlap(first, second) for first, second in pairs],
            "implies": lambda: [implies(first, second) for first, second in pairs],
        }
    )
    for name, figure in found.items():
        count = len(guards) if name == "can be true" else len(pairs)
        print(f"{name:<40}{figure / count * 1000:>8.0f} us for each of {count}")


def main() -> None:
    files = seven_stages()
    compiled = compile_configuration(files)
    assert [found.severity for found in compiled.diagnostics] == [], compiled.diagnostics
    draft = compiled.drafts["seven"]
    report_file(files, draft)
    report_pairs(draft.machine)


if __name__ == "__main__":
    main()
