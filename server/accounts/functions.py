"""What a role can be allowed to do in accounts. Declarations only."""

from __future__ import annotations

from server.core.access import function

ADMIN, DIRECTOR, SUPERVISOR = "administrator", "director", "supervisor"

CHANGE_ORGANISATION = function(
    "accounts.organisation.write", zh="修改企业资料", en="Change the organisation's data", roles=(ADMIN,)
)
CHANGE_UNITS = function("accounts.units.write", zh="管理部门和团队", en="Manage departments and teams", roles=(ADMIN,))
CHANGE_PROJECTS = function("accounts.projects.write", zh="管理项目", en="Manage projects", roles=(ADMIN,))
READ_USERS = function("accounts.users.read", zh="查看员工", en="See staff", roles=(ADMIN, DIRECTOR, SUPERVISOR))
CHANGE_USERS = function(
    "accounts.users.write", zh="管理员工和登录", en="Manage staff and their sign-in", roles=(ADMIN,)
)
REVEAL_USERS = function(
    "accounts.users.reveal",
    zh="查看员工的敏感资料",
    en="Read sensitive data of staff",
    roles=(ADMIN, DIRECTOR, SUPERVISOR),
)
READ_ROLES = function("accounts.roles.read", zh="查看角色", en="See roles", roles=(ADMIN, DIRECTOR))
CHANGE_ROLES = function("accounts.roles.write", zh="管理角色和权限", en="Manage roles and permissions", roles=(ADMIN,))
READ_DEVICES = function("accounts.devices.read", zh="查看设备", en="See devices", roles=(ADMIN, DIRECTOR, SUPERVISOR))
CHANGE_DEVICES = function(
    "accounts.devices.write", zh="停用和清除设备", en="Revoke and wipe devices", roles=(ADMIN, SUPERVISOR)
)
READ_QUARANTINE = function(
    "accounts.quarantine.read",
    zh="查看被隔离的记录",
    en="See records held from revoked devices",
    roles=(ADMIN, DIRECTOR, SUPERVISOR),
)
DECIDE_QUARANTINE = function(
    "accounts.quarantine.decide",
    zh="处理被隔离的记录",
    en="Decide about records held from revoked devices",
    roles=(ADMIN, SUPERVISOR),
)
