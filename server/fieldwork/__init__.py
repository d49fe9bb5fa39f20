"""Field work: day plans whose lines are visits, and follow-ups. Rules: docs/rules/fieldwork.md."""
