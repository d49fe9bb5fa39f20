"""Insight: read models over the areas below. Nothing here writes."""
