"""The protocol and schema numbers this library speaks, and what an older or newer number means."""

PROTOCOL = 1
"""Shape of the envelope. Raised only when an old client could not even understand a refusal."""
OLDEST_PROTOCOL = 1

SCHEMA = 1
"""Which collections and fields exist. Raised with each new collection or field; old numbers are served by projection."""
OLDEST_SCHEMA = 1


def served_schema(schema: int) -> int:
    """The schema number to project rows to: a device newer than the server gets what the server knows."""
    return min(schema, SCHEMA)


def expired(schema: int) -> bool:
    """True when a device of this schema number may still push but is answered with an upgrade notice instead of rows."""
    return schema < OLDEST_SCHEMA
