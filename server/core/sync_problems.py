"""The protocol's own codes as problems, in both languages. A code means the same in a verdict and over HTTP."""

from __future__ import annotations

from server.core.problems import ProblemType, Refused, problem_type
from sync_protocol.codes import CATALOGUE as CODES
from sync_protocol.codes import ProtocolError

_TEXTS: dict[str, tuple[str, str]] = {
    "sync.malformed": ("同步请求的格式不正确。", "The sync request does not have its shape."),
    "sync.too-deep": ("同步请求嵌套过深。", "The sync request is nested too deeply."),
    "sync.unknown-protocol": ("服务器不支持此协议版本。", "The server does not speak this protocol number."),
    "sync.group-split": ("同一事务的操作没有连续排列。", "The operations of one group do not stand together."),
    "sync.too-many-operations": ("一次提交的操作太多。", "One push carries too many operations."),
    "sync.gap": (
        "缺少之前的操作，请从指定序号重新提交。",
        "An operation before this one is missing; send from the number named.",
    ),
    "sync.reused-n": ("该序号已用于另一个操作。", "This number was used before for another operation."),
    "sync.wrong-enrolment": ("令牌属于另一台设备登记。", "The token belongs to another enrolment."),
    "sync.malformed-operation": ("操作的格式不正确。", "The operation does not have its shape."),
    "sync.operation-too-large": ("单个操作过大。", "The operation is too large."),
    "sync.unknown-collection": ("没有这种数据。", "There is no such collection."),
    "sync.unknown-action": ("这种数据不支持该操作。", "The collection has no such action."),
    "sync.unknown-field": ("该操作不接受此字段。", "The action does not take this field."),
    "sync.missing-field": ("缺少必填字段。", "A required field is missing."),
    "sync.bad-row-id": ("记录编号无效。", "The row id is not a canonical UUID."),
    "sync.reused-row-id": (
        "该编号的记录已存在且内容不同。",
        "A row of this id exists, or existed, with other content.",
    ),
    "sync.parent-failed": (
        "所属的记录未被接受，因此本操作未执行。",
        "The row it belongs to was refused, so this was not tried.",
    ),
    "sync.group-failed": ("同一事务中的另一个操作被拒绝。", "Another operation of its group was refused."),
    "sync.later": ("暂未处理，请稍后重新提交。", "Not decided now; send it again."),
    "sync.not-null": ("该字段不能为空。", "The field cannot be empty."),
    "sync.wrong-type": ("值的类型不正确。", "The value has the wrong type."),
    "sync.out-of-range": ("数值超出范围。", "The number is out of range."),
    "sync.text-too-long": ("文字过长。", "The text is too long."),
    "sync.forbidden-character": ("文字中含有不允许的字符。", "The text holds a character that is refused."),
    "sync.unknown-choice": ("不在可选范围内。", "Not one of the choices."),
    "sync.bad-id": ("编号无效。", "Not a canonical UUID."),
    "sync.bad-day": ("日期应写作 YYYY-MM-DD。", "Not a day written YYYY-MM-DD."),
    "sync.bad-instant": ("时间应为 UTC 毫秒整数。", "Not an instant in whole milliseconds UTC."),
    "sync.upgrade-required": (
        "应用版本过旧，请升级后继续接收数据。",
        "This app is too old to be sent rows; please upgrade.",
    ),
}

SYNC_PROBLEMS: dict[str, ProblemType] = {
    code: problem_type(
        code,
        each.status if each.status >= 400 else 422,
        zh=_TEXTS[code][0],
        en=_TEXTS[code][1],
        doc=each.meaning,
        extra=[name for name in each.params if name != "field"],
    )
    for code, each in CODES.items()
}
"""Code → problem, for every code of sync_protocol. A code without texts stops the import."""


def refused(error: ProtocolError) -> Refused:
    """The request-level refusal of the protocol, as HTTP answers it."""
    return Refused(SYNC_PROBLEMS[error.code], **error.params)  # type: ignore[arg-type]
