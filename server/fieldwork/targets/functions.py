"""What a role can be allowed to do with targets. Declarations only."""

from __future__ import annotations

from server.core.access import function
from server.fieldwork.functions import DIRECTOR, SALESPERSON, SUPERVISOR

READ = function("targets.read", zh="查看目标", en="See targets", roles=(SALESPERSON, SUPERVISOR, DIRECTOR))
WRITE = function("targets.write", zh="设定目标", en="Set targets", roles=(SUPERVISOR, DIRECTOR))
