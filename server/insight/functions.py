"""What a role can be allowed to read of the whole. Declarations only."""

from __future__ import annotations

from server.core.access import function

BOARD = function("insight.board", zh="查看团队看板", en="See the team's board", roles=("supervisor", "director"))
