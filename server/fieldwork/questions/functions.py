"""What a role can be allowed to do with customers' questions. Declarations only.

A realm of its own: whoever answers for a department needs to see neither customers nor visits.
"""

from __future__ import annotations

from server.core.access import function

_SALES = ("salesperson", "supervisor", "director")

READ = function("questions.read", zh="查看客户问题", en="See customers' questions", roles=_SALES)
WRITE = function("questions.write", zh="记录和答复客户问题", en="Note and answer customers' questions", roles=_SALES)
