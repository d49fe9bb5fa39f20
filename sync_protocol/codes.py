"""Every machine code the protocol itself can answer with. Texts in zh and en belong to the server's problem catalogue.

The server registers each entry as a problem type, so that a code has one meaning in a sync verdict and over HTTP.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["request", "operation", "notice"]


@dataclass(frozen=True, slots=True)
class Code:
    """One code.

    level: request = the whole request is refused and nothing of it is stored; operation = it stands in one
    operation's verdict; notice = it stands beside an answer.
    status: the HTTP status of a refused request; for an operation code, the one its twin over REST uses.
    params: names of the parameters that come with it.
    """

    code: str
    level: Level
    status: int
    params: tuple[str, ...]
    meaning: str


_registry: dict[str, Code] = {}
CATALOGUE: Mapping[str, Code] = _registry


def _code(code: str, level: Level, status: int, params: tuple[str, ...], meaning: str) -> str:
    _registry[code] = Code(code, level, status, params, meaning)
    return code


# Requests. The device keeps its queue whatever the code says.
MALFORMED = _code("sync.malformed", "request", 400, ("pointer", "expected"), "The envelope does not have its shape.")
TOO_DEEP = _code("sync.too-deep", "request", 400, ("pointer", "max"), "JSON is nested deeper than the limit.")
UNKNOWN_PROTOCOL = _code(
    "sync.unknown-protocol", "request", 400, ("oldest", "newest"), "The server does not speak this protocol number."
)
GROUP_SPLIT = _code("sync.group-split", "request", 400, ("group",), "A group's operations do not stand together.")
TOO_MANY = _code("sync.too-many-operations", "request", 413, ("max",), "More operations than one push may carry.")
GAP = _code("sync.gap", "request", 409, ("expected",), "An operation before this one is missing.")
REUSED_N = _code("sync.reused-n", "request", 409, ("n",), "This number was used before for another operation.")
WRONG_ENROLMENT = _code("sync.wrong-enrolment", "request", 403, (), "The token belongs to another enrolment.")

# Operations: faults of form, found before any rule is asked. "field" is a JSON pointer into the operation.
MALFORMED_OPERATION = _code(
    "sync.malformed-operation",
    "operation",
    422,
    ("field", "expected"),
    "A member of the operation has the wrong shape.",
)
OPERATION_TOO_LARGE = _code(
    "sync.operation-too-large", "operation", 422, ("max_bytes",), "One operation is larger than the limit."
)
UNKNOWN_COLLECTION = _code("sync.unknown-collection", "operation", 422, ("field",), "There is no such collection.")
UNKNOWN_ACTION = _code("sync.unknown-action", "operation", 422, ("field",), "The collection has no such action.")
UNKNOWN_FIELD = _code("sync.unknown-field", "operation", 422, ("field",), "The action does not take this field.")
MISSING_FIELD = _code("sync.missing-field", "operation", 422, ("field",), "The action needs this field.")
BAD_ROW_ID = _code("sync.bad-row-id", "operation", 422, ("field",), "The row id is not a canonical lower-case UUID.")

# Operations: decided by the server against its rows and its ledger.
REUSED_ROW_ID = _code("sync.reused-row-id", "operation", 409, (), "A row of this id exists with other content.")
PARENT_FAILED = _code("sync.parent-failed", "operation", 422, ("n",), "The row it belongs to was refused.")
GROUP_FAILED = _code("sync.group-failed", "operation", 422, ("n",), "Another operation of its group was refused.")
LATER = _code("sync.later", "operation", 503, (), "Not decided now; send it again.")

# Values, from the wire types.
NOT_NULL = _code("sync.not-null", "operation", 422, ("field",), "The field can not be empty.")
WRONG_TYPE = _code("sync.wrong-type", "operation", 422, ("field", "expected"), "The value has the wrong type.")
OUT_OF_RANGE = _code("sync.out-of-range", "operation", 422, ("field", "min", "max"), "The number is out of range.")
TEXT_TOO_LONG = _code("sync.text-too-long", "operation", 422, ("field", "max"), "The text is too long.")
FORBIDDEN_CHARACTER = _code(
    "sync.forbidden-character", "operation", 422, ("field", "character"), "The text holds a character that is refused."
)
UNKNOWN_CHOICE = _code("sync.unknown-choice", "operation", 422, ("field", "choices"), "Not one of the choices.")
BAD_ID = _code("sync.bad-id", "operation", 422, ("field",), "Not a canonical lower-case UUID.")
BAD_DAY = _code("sync.bad-day", "operation", 422, ("field", "min", "max"), "Not a day written YYYY-MM-DD.")
BAD_INSTANT = _code(
    "sync.bad-instant", "operation", 422, ("field", "min", "max"), "Not an instant in whole milliseconds UTC."
)

# Notices.
UPGRADE_REQUIRED = _code(
    "sync.upgrade-required",
    "notice",
    200,
    ("oldest",),
    "This app is too old to be sent rows; what it sends still counts.",
)


class ProtocolError(Exception):
    """The whole request is refused and nothing of it is stored. code and params are the body of the problem answer."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(f"{code} {params}")
        self.code = code
        self.params = params

    @property
    def status(self) -> int:
        """The HTTP status to answer with."""
        return CATALOGUE[self.code].status


class WireError(ValueError):
    """One value is not of its wire type. The caller adds the field's pointer to params."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(f"{code} {params}")
        self.code = code
        self.params = params
