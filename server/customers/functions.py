"""What a role can be allowed to do with customers. Declarations only."""

from __future__ import annotations

from server.core.access import function

_EVERYBODY = ("director", "supervisor", "salesperson")
_MANAGERS = ("director", "supervisor")

READ = function("customers.read", zh="查看客户", en="See customers", roles=_EVERYBODY)
WRITE = function("customers.write", zh="登记和修改客户", en="Enter and change customers", roles=_EVERYBODY)
HAND_OVER = function("customers.handover", zh="分配和交接客户", en="Assign and hand over customers", roles=_MANAGERS)
REVEAL = function(
    "customers.reveal", zh="查看客户的完整敏感信息", en="Read customers' sensitive data in full", roles=_EVERYBODY
)
EXPORT = function("customers.export", zh="导出客户", en="Export customers", roles=_MANAGERS)
MERGE = function("customers.merge", zh="合并客户", en="Merge customers", roles=_EVERYBODY)
CHANGE_FUNNEL = function("customers.funnel", zh="设置销售漏斗", en="Set the sales funnel")
DELETE = function("customers.delete", zh="删除和恢复客户", en="Delete and restore customers", roles=_MANAGERS)
IMPORT = function("customers.import", zh="导入客户", en="Import customers", roles=_MANAGERS)
