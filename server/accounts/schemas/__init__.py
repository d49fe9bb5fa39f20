"""What the office sends and gets, by topic."""
