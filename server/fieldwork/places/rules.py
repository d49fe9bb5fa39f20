"""Which places can be set. Pure."""

LATITUDE, LONGITUDE = (-900_000_000, 900_000_000), (-1_800_000_000, 1_800_000_000)
"""Of the grid, in 1e-7 degree."""
RADIUS = (10, 5000)
"""Metres of the circle around it."""
