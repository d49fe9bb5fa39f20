"""The office's door to accounts: translate, call one operation or query, answer."""

from server.accounts.views import access, audit, devices, organisation, sessions, staff

BLUEPRINTS = (
    sessions.blp,
    sessions.reset_blp,
    organisation.organisation_blp,
    organisation.units_blp,
    organisation.projects_blp,
    staff.blp,
    access.roles_blp,
    access.functions_blp,
    devices.devices_blp,
    devices.quarantine_blp,
    audit.blp,
)

__all__ = ["BLUEPRINTS"]
