"""Figures, each printed beside its floor and its peer in one run."""
