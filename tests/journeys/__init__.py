"""A few days through the real server, as people live them."""
