"""The exchange in the OpenAPI document. The wire itself is read by sync_protocol, which refuses more than this can say."""

from __future__ import annotations

from typing import Any

from sync_protocol.ids import ID_PATTERN
from sync_protocol.operations import MAX_OPERATIONS
from sync_protocol.verdicts import Verdict
from sync_protocol.wire import SAFE_INTEGER

_ID = {"type": "string", "format": "uuid", "pattern": ID_PATTERN}
_WHOLE = {"type": "integer", "minimum": 0, "maximum": SAFE_INTEGER}
_COUNTED = {**_WHOLE, "minimum": 1}
_TIME = {**_WHOLE, "minimum": -SAFE_INTEGER}
_EXAMPLE_ID = "01940000-0000-7000-8000-000000000001"
_EXAMPLE_ROW = "01940000-0000-7000-8000-0000000000a1"

_CURSOR: dict[str, Any] = {
    "type": ["object", "null"],
    "description": "As the last answer gave it; null reads from the beginning.",
    "properties": {
        "epoch": _ID,
        "buckets": {"type": "object", "additionalProperties": _WHOLE},
        "remaining": _WHOLE,
    },
}
_OPERATION: dict[str, Any] = {
    "type": "object",
    "required": ["n", "group", "collection", "action", "row", "base", "values", "made_at"],
    "properties": {
        "n": {**_COUNTED, "description": "The enrolment's own counter, without gaps."},
        "group": {**_COUNTED, "description": "Equal for the operations of one local transaction."},
        "collection": {"type": "string"},
        "action": {"type": "string"},
        "row": {**_ID, "description": "Minted by the device."},
        "base": {**_WHOLE, "description": "Version the device had adopted; 0 for none."},
        "values": {"type": "object"},
        "made_at": {**_TIME, "description": "Milliseconds since 1970 UTC by the device's clock."},
    },
}
EXCHANGE_REQUEST: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["protocol", "schema", "enrolment", "sent_at"],
                "properties": {
                    "protocol": {"type": "integer", "const": 1},
                    "schema": _COUNTED,
                    "enrolment": _ID,
                    "sent_at": _TIME,
                    "push": {
                        "type": ["object", "null"],
                        "required": ["operations"],
                        "properties": {
                            "operations": {"type": "array", "maxItems": MAX_OPERATIONS, "items": _OPERATION}
                        },
                    },
                    "pull": {
                        "type": ["object", "null"],
                        "properties": {"cursor": _CURSOR, "max_bytes": _COUNTED},
                    },
                },
            },
            "example": {
                "protocol": 1,
                "schema": 1,
                "enrolment": _EXAMPLE_ID,
                "sent_at": 1735689600000,
                "push": {
                    "operations": [
                        {
                            "n": 1,
                            "group": 1,
                            "collection": "customers",
                            "action": "update",
                            "row": _EXAMPLE_ROW,
                            "base": 3,
                            "values": {"grade": "A"},
                            "made_at": 1735689500000,
                        }
                    ]
                },
                "pull": {"cursor": None, "max_bytes": 1048576},
            },
        }
    },
}

_VERDICT: dict[str, Any] = {
    "type": "object",
    "required": ["n", "verdict", "version", "visible_at", "code", "params"],
    "properties": {
        "n": {"type": "integer"},
        "verdict": {"type": "string", "enum": [each.value for each in Verdict]},
        "version": {"type": ["integer", "null"]},
        "visible_at": {"type": ["integer", "null"]},
        "code": {"type": ["string", "null"]},
        "params": {"type": "object"},
        "row": {"type": "object"},
    },
}
_PAGE: dict[str, Any] = {
    "type": "object",
    "required": ["collection", "columns", "buckets"],
    "properties": {
        "collection": {"type": "string"},
        "columns": {"type": "object", "additionalProperties": {"type": "array"}},
        "buckets": {"type": "array", "items": {"type": "array", "items": _WHOLE}},
    },
}
EXCHANGE_ANSWER: dict[str, Any] = {
    "description": "Verdicts and changes.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["protocol", "server_time", "head", "notice"],
                "properties": {
                    "protocol": {"type": "integer"},
                    "server_time": {"type": "integer"},
                    "head": _WHOLE,
                    "push": {
                        "type": "object",
                        "required": ["acknowledged", "verdicts"],
                        "properties": {"acknowledged": _WHOLE, "verdicts": {"type": "array", "items": _VERDICT}},
                    },
                    "pull": {
                        "type": "object",
                        "required": [
                            "cursor", "complete", "left", "reset", "pages", "bucket_names", "removals", "remaining",
                        ],
                        "properties": {
                            "cursor": {**_CURSOR, "type": "object"},
                            "complete": {"type": "boolean"},
                            "left": {"type": "array", "items": {"type": "string"}},
                            "reset": {"type": "boolean"},
                            "pages": {"type": "array", "items": _PAGE},
                            "bucket_names": {"type": "array", "items": {"type": "string"}},
                            "removals": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "required": ["collection", "row", "bucket"],
                                    "properties": {"collection": {"type": "string"}, "row": _ID, "bucket": _WHOLE},
                                },
                            },
                            "remaining": _WHOLE,
                        },
                    },
                    "notice": {
                        "type": ["object", "null"],
                        "required": ["code", "params"],
                        "properties": {"code": {"type": "string"}, "params": {"type": "object"}},
                    },
                },
            },
            "example": {
                "protocol": 1,
                "server_time": 1735689600250,
                "head": 1042,
                "push": {
                    "acknowledged": 1,
                    "verdicts": [
                        {"n": 1, "verdict": "applied", "version": 4, "visible_at": 1042, "code": None, "params": {}}
                    ],
                },
                "pull": {
                    "cursor": {"epoch": _EXAMPLE_ID, "buckets": {"own:li": 1042}},
                    "complete": True,
                    "left": [],
                    "reset": False,
                    "pages": [
                        {
                            "collection": "customers",
                            "columns": {"id": [_EXAMPLE_ROW], "version": [4], "grade": ["A"]},
                            "buckets": [[0]],
                        }
                    ],
                    "bucket_names": ["own:li"],
                    "removals": [],
                    "remaining": 0,
                },
                "notice": None,
            },
        }
    },
}  # fmt: skip
