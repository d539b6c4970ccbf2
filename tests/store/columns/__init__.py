"""Chains in columns."""
