"""Rows as programs send them, whichever door they come through: read, checked, written batch by batch."""
