"""Definitions as text: read with positions, compiled to machines, checked, rendered."""
