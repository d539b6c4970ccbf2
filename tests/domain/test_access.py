"""The table of roles and capabilities."""

import pytest

from lifecycle_fsm.domain.access import CAPABILITIES, Actor, Capability, Role, require
from lifecycle_fsm.domain.errors import Forbidden


def test_every_role_stands_in_the_table() -> None:
    assert set(CAPABILITIES) == set(Role)


def test_only_admins_override() -> None:
    assert [role for role in Role if Capability.OVERRIDE_TRANSITION in CAPABILITIES[role]] == [Role.ADMIN]


def test_a_viewer_is_stopped_and_told_which_roles_may() -> None:
    viewer = Actor("eve", frozenset({Role.VIEWER}))

    with pytest.raises(Forbidden, match="of the role csm or admin; your roles: viewer"):
        require(viewer, Capability.FIRE_TRANSITION)
