"""A database of the tests for a program that is not Python: `python -m tests.support.lent_database postgresql`.

Says its addresses as one line of JSON, and takes it away again when its standard input ends. Without PostgreSQL it ends
with NO_POSTGRES and says why.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import cast

from tests.support import databases

NO_POSTGRES = 3


def lend(kind: databases.Kind) -> int:
    """The exit code."""
    databases.begin_run()
    try:
        with databases.database(kind) as made:
            print(json.dumps(asdict(made)), flush=True)
            sys.stdin.read()
    except databases.NoPostgres as reason:
        print(reason, file=sys.stderr)
        return NO_POSTGRES
    finally:
        databases.end_run()
    return 0


if __name__ == "__main__":
    sys.exit(lend(cast(databases.Kind, sys.argv[1])))
