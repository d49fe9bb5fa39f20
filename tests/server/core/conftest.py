"""What the tests of core stand on: an area of toys, since core knows no real one."""

from tests.support.toys import town as town
