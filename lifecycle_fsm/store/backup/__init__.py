"""Copies of a whole store, and a store out of a copy; each kind of database by its own means."""
