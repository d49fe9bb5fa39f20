"""Field work: day plans whose lines are visits, comments on them, and follow-ups. Rules: docs/rules/fieldwork.md."""
