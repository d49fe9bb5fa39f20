"""Organisations, their units, projects and staff; roles and data scopes; devices, sessions and the audit log."""
