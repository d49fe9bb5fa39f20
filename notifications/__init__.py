"""Notifications: who is told what, when, and through which channel. Areas record events and know nothing of it."""
