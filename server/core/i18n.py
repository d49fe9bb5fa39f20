"""Text in the two languages of the product: the choice of language, and what is wrong with a field. Pure.

A text stands beside what it explains (a problem beside its code, docs/decisions/0010-text-beside-its-code.md); here live
only the texts that belong to no single problem.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeGuard

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

Param = str | int | bool | None | Sequence[str]
"""What a text can be filled with: plain values that are the same in JSON. No exceptions, no rows, no floats."""

MAX_SHOWN = 200
"""Characters of one filled-in value. It may have come from the caller, and nobody reads more in a message."""

_SPARE_HEADER = 1000


def is_language(code: str) -> TypeGuard[Language]:
    """Whether the product is written in that language."""
    return code in LANGUAGES


@dataclass(frozen=True, slots=True)
class Text:
    """One message in both languages, with `{name}` where a value goes in.

    Raises ValueError when a language is empty, when both do not fill in the same names, or when a place is anything but a
    plain name (an attribute, an index or a format would let a value reach further than its text).
    """

    zh: str
    en: str
    names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        if not self.zh.strip() or not self.en.strip():
            raise ValueError("a text is missing in one language")
        zh, en = _names(self.zh), _names(self.en)
        if zh != en:
            raise ValueError(f"the languages fill in different values: {sorted(zh ^ en)}")
        object.__setattr__(self, "names", zh)

    def fill(self, language: Language, params: Mapping[str, Param]) -> str:
        """The text with its values. A value that is missing is shown as “…” rather than failing the answer."""
        template = self.zh if language == "zh" else self.en
        return template.format_map({name: _shown(params.get(name, "…"), language) for name in self.names})


def _names(template: str) -> frozenset[str]:
    found = set()
    for _, name, form, conversion in string.Formatter().parse(template):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(f"{{{name}}} is not a plain name")
        found.add(name)
    return frozenset(found)


def printable(text: str, limit: int = MAX_SHOWN) -> str:
    """`text` as it can stand in any answer: no control characters, no half characters, at most `limit` characters."""
    kept = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[:limit])
    return kept + "…" if len(text) > limit else kept


def _shown(value: Param, language: Language) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return printable(("、" if language == "zh" else ", ").join(value))
    return printable(str(value))


def choose_language(accept_language: str | None, default: Language) -> Language:
    """The language an Accept-Language header asks for (RFC 9110 §12.5.4), `default` when it names neither of ours.

    `zh-Hant-TW` is Chinese and `en-GB` English: the product has one of each.
    """
    best: Language | None = None
    best_quality = 0.0
    for entry in (accept_language or "")[:_SPARE_HEADER].split(","):
        tag, _, parameter = entry.partition(";")
        quality = _quality(parameter)
        primary = tag.strip().lower().partition("-")[0]
        language = default if primary == "*" else primary
        if is_language(language) and quality > best_quality:
            best, best_quality = language, quality
    return best or default


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if not parameter.strip():
        return 1.0
    if name.strip().lower() != "q":
        return 0.0
    digits = value.strip()
    if not digits.replace(".", "", 1).isdecimal() or not digits.isascii():
        return 0.0
    return min(float(digits), 1.0)


STATUS_TITLES: dict[int, Text] = {
    400: Text("请求有误", "Bad request"),
    401: Text("需要登录", "Sign-in needed"),
    403: Text("没有权限", "Not allowed"),
    404: Text("未找到", "Not found"),
    405: Text("不支持此操作", "Method not allowed"),
    406: Text("无法提供所要的格式", "Not acceptable"),
    408: Text("请求超时", "Request timed out"),
    409: Text("与当前状态冲突", "Conflict"),
    410: Text("已不存在", "Gone"),
    412: Text("前提不成立", "Precondition failed"),
    413: Text("内容过大", "Too large"),
    414: Text("地址过长", "Address too long"),
    415: Text("不支持的内容类型", "Unsupported content"),
    416: Text("范围不可用", "Range not available"),
    422: Text("内容未通过检查", "Content not accepted"),
    423: Text("已被占用", "Locked"),
    426: Text("需要升级", "Upgrade needed"),
    428: Text("缺少前提条件", "Precondition needed"),
    429: Text("请求过于频繁", "Too many requests"),
    431: Text("请求头过大", "Request header too large"),
    460: Text("校验和不符", "Checksum mismatch"),
    500: Text("服务器内部错误", "Internal error"),
    503: Text("暂时无法处理", "Temporarily unavailable"),
    507: Text("存储空间不足", "Out of space"),
}
"""Title of a problem, by HTTP status. A status that no problem may have is not in it."""

FIELD_TEXTS: dict[str, Text] = {
    "required": Text("必填。", "This is required."),
    "null": Text("不能为空值。", "This may not be null."),
    "unknown": Text("没有这个字段。", "There is no such field."),
    "duplicate": Text("重复了。", "This is given twice."),
    "invalid": Text("无效。", "This is not valid."),
    "not-an-object": Text("应为对象。", "An object is expected."),
    "not-a-list": Text("应为列表。", "A list is expected."),
    "not-text": Text("应为文本。", "Text is expected."),
    "not-a-number": Text("应为数字。", "A number is expected."),
    "not-an-integer": Text("应为整数。", "A whole number is expected."),
    "not-a-boolean": Text("应为 true 或 false。", "true or false is expected."),
    "too-short": Text("长度至少为 {min}。", "The length must be at least {min}."),
    "too-long": Text("长度不能超过 {max}。", "The length must be at most {max}."),
    "length": Text("长度必须为 {equal}。", "The length must be {equal}."),
    "too-small": Text("不能小于 {min}。", "This must be at least {min}."),
    "too-large": Text("不能大于 {max}。", "This must be at most {max}."),
    "choice": Text("应为下列之一：{choices}。", "This must be one of: {choices}."),
    "pattern": Text("格式不符。", "This does not have the expected form."),
    "bad-id": Text("应为小写的 UUID。", "A UUID in lower case is expected."),
    "bad-time": Text(
        "应为 RFC 3339 时间，例如 2025-03-01T09:30:00Z。",
        "A time as in RFC 3339 is expected, such as 2025-03-01T09:30:00Z.",
    ),
    "naive-time": Text("时间必须带时区，例如结尾的 Z。", "The time must say its zone, such as a Z at its end."),
    "bad-day": Text("应为日期，例如 2025-03-01。", "A day is expected, such as 2025-03-01."),
    "bad-zone": Text("不是已知的时区。", "This is not a known time zone."),
    "bad-currency": Text("不是 ISO 4217 货币代码。", "This is not a currency code of ISO 4217."),
    "bad-cursor": Text("分页游标已失效或不属于此列表。", "The paging cursor has expired or belongs to another list."),
    "blank": Text("不能只有空白。", "This may not be blank."),
    "forbidden-character": Text("含有不允许的字符。", "This has characters that are not allowed."),
    "broken-text": Text("含有无法编码的字符。", "This has characters that cannot be encoded."),
}
"""What can be wrong with one field. The codes are stable: clients may match on them."""


def field_text(code: str, language: Language, params: Mapping[str, Param]) -> str:
    """What is wrong with a field, for a code of FIELD_TEXTS; the text of `invalid` for any other."""
    return FIELD_TEXTS.get(code, FIELD_TEXTS["invalid"]).fill(language, params)
