"""Calls that somebody waits for, and may give up."""

from lifecycle_fsm.store.errand import Errand

__all__ = ["Errand"]
