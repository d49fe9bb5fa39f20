"""The member club: members, their cards and check-ins. Rules: docs/rules/cards.md."""
