"""Customers: who they are, how they are reached, who owns them, and everything that happened with them."""
