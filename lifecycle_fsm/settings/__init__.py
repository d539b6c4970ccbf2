"""What an operator can set, and where each value came from."""

from lifecycle_fsm.settings.model import PREFIX, Settings
from lifecycle_fsm.settings.secret import secrets_of
from lifecycle_fsm.settings.showing import shown
from lifecycle_fsm.settings.sources import Given, read_given, read_settings

__all__ = ["PREFIX", "Given", "Settings", "read_given", "read_settings", "secrets_of", "shown"]
