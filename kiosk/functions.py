"""What a role can be allowed to do with kiosks. Declarations only. A kiosk itself has no role (docs/rules/kiosks.md, Q2)."""

from __future__ import annotations

from server.core.access import function

_MANAGERS = ("supervisor", "director")

READ = function("kiosks.read", zh="查看自助终端及其读卡记录", en="See kiosks and what they read", roles=_MANAGERS)
MANAGE = function(
    "kiosks.manage", zh="开通和停用自助终端", en="Enrol kiosks and take them out of service", roles=_MANAGERS
)
