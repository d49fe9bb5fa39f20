"""The door for handhelds: signing in and enrolling, sync, and what a revoked device may still do."""
