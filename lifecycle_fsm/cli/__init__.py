"""The command line: one thin command for each use, errors in one line."""

from lifecycle_fsm.cli.app import app, main

__all__ = ["app", "main"]
