"""What a role can be allowed to do with the member club, its cards and who arrives at a sales centre. Declarations only."""

from __future__ import annotations

from server.core.access import function

_SALES = ("salesperson", "supervisor", "director")
_MANAGERS = ("supervisor", "director")

READ = function("membership.read", zh="查看会员和会员卡", en="See members and their cards", roles=_SALES)
WRITE = function(
    "membership.write",
    zh="办理入会、发卡、补卡、挂失",
    en="Enrol members; issue, replace, block and report cards lost",
    roles=_SALES,
)
MANAGE = function(
    "membership.manage",
    zh="调整会员等级、退会、解除锁卡、管理案场",
    en="Change tiers, end memberships, unblock cards, keep sales centres",
    roles=_MANAGERS,
)
SEE_ARRIVALS = function("reception.read", zh="查看到访名单", en="See who has arrived", roles=("reception", *_SALES))
SERVE = function(
    "reception.serve", zh="接待到访客户", en="Mark arrivals as served or gone", roles=("reception", *_SALES)
)
