"""Why something is refused: the one exception that carries a problem, and the problems of no single area. Pure: no Flask.

A problem goes out as problem+json over HTTP (server/core/http.py) and as the same code and params in a sync verdict.
The list of all of them is docs/problems.md, generated from the catalogue (server/core/problem_types.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from server.core.i18n import FIELD_TEXTS, STATUS_TITLES, Language, Param, field_text, printable
from server.core.problem_types import CATALOGUE, PROBLEMS_PATH, Catalogue, ProblemType, problem_type

__all__ = [
    "CATALOGUE",
    "PROBLEMS_PATH",
    "Catalogue",
    "FieldError",
    "ProblemType",
    "Refused",
    "below",
    "pointer",
    "problem_type",
]

MAX_FIELD_ERRORS = 100
"""Field errors in one answer. A caller who has more to mend finds the rest with the next attempt."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field.

    pointer: RFC 6901 into the request's body, or into the object of query or path values that `place` names.
    code: of FIELD_TEXTS, or of a problem.
    """

    pointer: str
    code: str
    params: Mapping[str, Param] = field(default_factory=dict)
    place: str = "body"

    def to_document(self, language: Language) -> dict[str, Any]:
        """The entry of `errors`."""
        problem = CATALOGUE.get(self.code) if self.code not in FIELD_TEXTS else None
        detail = problem.text.fill(language, self.params) if problem else field_text(self.code, language, self.params)
        return {"pointer": printable(self.pointer), "in": self.place, "code": self.code, "detail": detail}


class Refused(Exception):
    """The request or operation is refused, for a reason from the catalogue. Nothing else refuses.

    field: JSON pointer of the field at fault. params: exactly names the type declares; those in its text are needed.
    row_id: of several rows that were to be changed together, the one at fault (`of`); None when it is the only one.
    Raises TypeError for a name that is missing or not declared, and for a value that is not plain (Param): whoever raises
    must not be able to pass an exception, a row or a driver's words on to the caller.
    """

    def __init__(self, problem: ProblemType, field: str | None = None, **params: Param) -> None:
        if problem.text.names - params.keys() or params.keys() - problem.params:
            raise TypeError(f"{problem.code} takes {sorted(problem.params)}, was given {sorted(params)}")
        for name, value in params.items():
            if not _is_plain(value):
                raise TypeError(f"{problem.code}: {name} is not a plain value but {type(value).__name__}")
        super().__init__(problem.code)
        self.problem = problem
        self.field = field
        self.params: dict[str, Param] = dict(params)
        self.errors: tuple[FieldError, ...] = () if field is None else (FieldError(field, problem.code, self.params),)
        self.row_id: str | None = None

    @classmethod
    def fields(cls, errors: Sequence[FieldError], problem: ProblemType | None = None) -> Refused:
        """Refused for what is wrong with several fields; INVALID_FIELDS unless another problem is named."""
        refused = cls(problem or INVALID_FIELDS)
        refused.errors = tuple(errors[:MAX_FIELD_ERRORS])
        return refused

    def of(self, row_id: str) -> Refused:
        """The same, for the fault of that row."""
        self.row_id = row_id
        return self

    @property
    def code(self) -> str:
        """The stable code, as a sync verdict carries it."""
        return self.problem.code

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status

    @property
    def retry_after(self) -> int | None:
        """Seconds to wait before trying again, when the problem says so."""
        seconds = self.params.get("retry_after")
        return seconds if isinstance(seconds, int) else None

    def detail(self, language: Language) -> str:
        """The message for a person."""
        return self.problem.text.fill(language, self.params)

    def to_document(self, language: Language, request_id: str | None) -> dict[str, Any]:
        """The body of the answer, as RFC 9457 with our members."""
        return {
            "type": self.problem.uri,
            "title": STATUS_TITLES[self.status].fill(language, {}),
            "status": self.status,
            "detail": self.detail(language),
            "code": self.code,
            "params": {name: _sent(value) for name, value in self.params.items()},
            "errors": [each.to_document(language) for each in self.errors],
            "request_id": request_id,
        }


def _is_plain(value: object) -> bool:
    if value is None or isinstance(value, str | int):
        return True
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


def _sent(value: Param) -> Param:
    if isinstance(value, str):
        return printable(value, 1000)
    return [printable(each) for each in value] if isinstance(value, list | tuple) else value


@contextmanager
def below(*steps: str | int) -> Iterator[None]:
    """What is refused in the block lies below these steps of the body: `/due_on` goes out as `/follow_up/due_on`."""
    try:
        yield
    except Refused as refused:
        head = pointer(*steps)
        if refused.field is not None:
            refused.field = head + refused.field
        refused.errors = tuple(replace(each, pointer=head + each.pointer) for each in refused.errors)
        raise


def pointer(*steps: str | int) -> str:
    """The JSON pointer (RFC 6901) that leads through `steps`."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


BAD_REQUEST = problem_type(
    "core.bad-request",
    400,
    zh="无法理解此请求。",
    en="The request cannot be understood.",
    doc="The request itself is broken: its address, a header or its form. Sending it again changes nothing.",
)
MALFORMED_JSON = problem_type(
    "core.malformed-json",
    400,
    zh="请求正文不是可用的 JSON。",
    en="The request body is not usable JSON.",
    doc="`reason` says why: `missing`, `not-utf8`, `syntax` (RFC 8259, nothing looser), `duplicate-name`, `not-finite` (NaN, "
    "infinite, or too large a number), `too-deep` (more than 32 levels), `damaged` (a compressed body that does not unpack).",
    extra=["reason"],
)
UNAUTHENTICATED = problem_type(
    "core.unauthenticated",
    401,
    zh="请先登录。",
    en="Please sign in.",
    doc="No valid access token. Refresh it, or sign in again when refreshing is refused as well.",
)
FORBIDDEN = problem_type(
    "core.forbidden",
    403,
    zh="您无权执行此操作。",
    en="You are not allowed to do this.",
    doc="Signed in, but this door is not for this kind of session or role. Not used for rows out of reach: those are 404.",
)
CONFIRMATION_NEEDED = problem_type(
    "core.confirmation-needed",
    403,
    zh="请先确认密码，再执行此操作。",
    en="Please confirm your password before you do this.",
    doc="The password of this session was last given more than `seconds` ago. POST it to /api/v1/session/confirm, or sign in "
    "again; then repeat the request. Nothing was changed.",
    extra=["seconds"],
)
NOT_FOUND = problem_type(
    "core.not-found",
    404,
    zh="没有找到，或不在您的权限范围内。",
    en="Not found, or not within your reach.",
    doc="No such address or row. A row of somebody else's answers exactly like a row that never was.",
)
METHOD_NOT_ALLOWED = problem_type(
    "core.method-not-allowed",
    405,
    zh="此地址不支持该方法。",
    en="This address does not take that method.",
    doc="The Allow header names the methods it takes.",
)
CONFLICT = problem_type(
    "core.conflict",
    409,
    zh="与已有数据冲突。",
    en="This conflicts with data that is already there.",
    doc="A rule of the database was about to be broken. Read the row again before trying once more.",
)
STALE = problem_type(
    "core.stale",
    409,
    zh="内容已被他人修改（当前版本 {version}）。",
    en="Someone has changed this meanwhile (it is now at version {version}).",
    doc="The version sent is not the current one. Read again, decide again.",
)
TOO_LARGE = problem_type(
    "core.too-large",
    413,
    zh="请求正文超过 {max_bytes} 字节。",
    en="The request body is larger than {max_bytes} bytes.",
    doc="Counted after decompression. Send less at a time.",
)
URI_TOO_LONG = problem_type("core.uri-too-long", 414, zh="请求地址过长。", en="The address of the request is too long.")
UNSUPPORTED_MEDIA_TYPE = problem_type(
    "core.unsupported-media-type",
    415,
    zh="请以 {accepted} 发送正文。",
    en="Please send the body as {accepted}.",
    doc="The Content-Type or Content-Encoding is not one this address takes.",
)
RANGE_NOT_SATISFIABLE = problem_type(
    "core.range-not-satisfiable", 416, zh="所要的范围不存在。", en="The range that was asked for does not exist."
)
INVALID_FIELDS = problem_type(
    "core.invalid-fields",
    422,
    zh="部分字段未通过检查。",
    en="Some fields are not acceptable.",
    doc="`errors` names each field by JSON pointer, with a stable code. Mend them and send again.",
)
BAD_CURSOR = problem_type(
    "core.bad-cursor",
    422,
    zh="分页游标已失效或不属于此列表，请从头开始。",
    en="The paging cursor has expired or belongs to another list; start from the beginning.",
    doc="A cursor is good for the list and filter it came from, until the server's secret changes.",
)
RATE_LIMITED = problem_type(
    "core.rate-limited",
    429,
    zh="请求过于频繁，请在 {retry_after} 秒后重试。",
    en="Too many requests; try again in {retry_after} s.",
    doc="Wait for the seconds of Retry-After. `limit` names the limit that was reached (docs/settings.md, RATE_LIMITS).",
    extra=["limit"],
)
HEADERS_TOO_LARGE = problem_type(
    "core.headers-too-large", 431, zh="请求头过大。", en="The headers of the request are too large."
)
INTERNAL = problem_type(
    "core.internal",
    500,
    zh="服务器出错了，请稍后重试。",
    en="Something went wrong on the server; please try again later.",
    doc="A fault of ours. `request_id` leads to the log. A device keeps its queue and tries again.",
)
BUSY = problem_type(
    "core.busy",
    503,
    zh="系统繁忙，请在 {retry_after} 秒后重试。",
    en="The system is busy; try again in {retry_after} s.",
    doc="The database or another part did not answer in time. Nothing was changed. Wait for Retry-After.",
)
NOT_READY = problem_type(
    "core.not-ready",
    503,
    zh="尚未就绪：{failing}。",
    en="Not ready: {failing}.",
    doc="Only from /readyz: the named checks fail.",
)

BY_STATUS: dict[int, ProblemType] = {
    400: BAD_REQUEST,
    401: UNAUTHENTICATED,
    403: FORBIDDEN,
    404: NOT_FOUND,
    405: METHOD_NOT_ALLOWED,
    409: CONFLICT,
    414: URI_TOO_LONG,
    416: RANGE_NOT_SATISFIABLE,
    431: HEADERS_TOO_LARGE,
    500: INTERNAL,
}
"""The problem for a bare HTTP status that a library raised. Only types without params."""
