"""The desk of these tests, on both databases."""

from __future__ import annotations

import pytest

from tests.server.expenses.desk import Desk
from tests.support.world import World
from tests.support.world import world as world


@pytest.fixture
def desk(world: World) -> Desk:
    made = Desk(world)
    made.furnish()
    return made
