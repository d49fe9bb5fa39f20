"""What these tests are tried on: the small organisation of tests/support/world.py."""

from tests.support.world import world as world
