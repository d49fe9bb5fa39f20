"""What a role can be allowed to do with expenses. Declarations only."""

from __future__ import annotations

from server.core.access import function

_STAFF = ("salesperson", "supervisor", "director", "finance")

READ = function("expenses.read", zh="查看报销单", en="See expense claims", roles=_STAFF)
WRITE = function("expenses.write", zh="填写报销单", en="Claim expenses", roles=_STAFF)
REIMBURSE = function("expenses.reimburse", zh="支付报销", en="Reimburse approved claims", roles=("finance",))
EXPORT = function("expenses.export", zh="导出报销", en="Export reimbursements", roles=("finance",))
