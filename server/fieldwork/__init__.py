"""Field work: day plans whose lines are visits, comments on them, follow-ups and tasks. Rules: docs/rules/fieldwork.md."""
