"""Decides what happens to a lifecycle; the only importer of `transitions`; no I/O, no clock."""
