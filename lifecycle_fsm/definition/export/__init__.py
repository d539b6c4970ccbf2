"""
Machines in the languages of other tools: drawings (Mermaid, Graphviz) and state charts (SCXML, XState).

Each is a pure function of a machine. None of them is complete: scorecards, alerts and
time limits stay behind. What is complete, and reads back, is the YAML of `render`.
"""
