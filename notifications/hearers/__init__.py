"""Who hears of what, by the area that records it."""
