"""Nouns and pure rules of customer success; standard library only, no I/O, no clock."""
