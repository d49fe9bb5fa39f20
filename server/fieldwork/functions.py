"""What a role can be allowed to do in field work. Declarations only."""

from __future__ import annotations

from server.core.access import function

SALESPERSON, SUPERVISOR, DIRECTOR = "salesperson", "supervisor", "director"

READ = function(
    "fieldwork.read",
    zh="查看日计划、拜访和跟进",
    en="See day plans, visits and follow-ups",
    roles=(SALESPERSON, SUPERVISOR, DIRECTOR),
)
WRITE = function(
    "fieldwork.write",
    zh="填写日计划、拜访和跟进",
    en="Write day plans, visits and follow-ups",
    roles=(SALESPERSON, SUPERVISOR, DIRECTOR),
)
ASSIGN = function(
    "fieldwork.assign",
    zh="安排和调整他人的拜访",
    en="Plan, move and reassign other people's visits",
    roles=(SUPERVISOR, DIRECTOR),
)
EXPORT = function("fieldwork.export", zh="导出拜访", en="Export visits", roles=(SUPERVISOR, DIRECTOR))
CONFIGURE = function(
    "fieldwork.configure",
    zh="设置活动类型",
    en="Set up types of activity",
)
